import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { RepositoryDefinition, TrustAnchor } from '../model/index.ts';

/** An RSA key as abuild-keygen makes it. */
export interface ApkKey {
  /** File name in /etc/apk/keys. */
  readonly name: string;
  readonly secret: KeyObject;
  readonly anchor: TrustAnchor;
}

export interface ApkSpec {
  readonly name: string;
  readonly version: string;
  /** `x86_64`, if not given. */
  readonly architecture?: string;
  readonly origin?: string;
  readonly builtAt?: Date;
  readonly content?: string;
}

export interface ApkPackage {
  readonly spec: ApkSpec;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** As in the index: `Q1` and base64. */
  readonly checksum: string;
}

/** `.SIGN.RSA.`: SHA-1, which is what Alpine has. */
export type ApkSignatureKind = 'RSA' | 'RSA256' | 'RSA512';

const DIGESTS = { RSA: 'sha1', RSA256: 'sha256', RSA512: 'sha512' } as const;
const END_MARKER_BYTES = 1024;

export interface SignedApkRepository {
  readonly key: ApkKey;
  readonly definition: RepositoryDefinition;
  /** Index and packages of these, by path: a folder for each architecture, `noarch` in all. */
  files(packages: readonly ApkSpec[], settings?: ApkIndexSettings): Promise<Map<string, Uint8Array>>;
}

export interface ApkIndexSettings {
  readonly architectures?: readonly string[];
  readonly signatures?: readonly { readonly key: ApkKey; readonly kind?: ApkSignatureKind }[];
}

export function createSignedApkRepository(): SignedApkRepository {
  const key = createApkKey('test@example.org-5f000000.rsa.pub');
  const definition: RepositoryDefinition = {
    format: 'apk',
    uris: ['https://packages.example/apk/main/'],
    mirrorList: null,
    suite: '',
    components: [],
    architectures: ['x86_64'],
    signature: 'metadata',
  };
  return {
    key,
    definition,
    async files(specs, { architectures = ['x86_64'], signatures = [{ key }] } = {}) {
      const files = new Map<string, Uint8Array>();
      for (const folder of architectures) {
        const here = specs.filter(({ architecture = 'x86_64' }) => [folder, 'noarch'].includes(architecture));
        const packages = await Promise.all(here.map((spec) => buildApk(spec, key)));
        for (const { fileName, bytes } of packages) files.set(`${folder}/${fileName}`, bytes);
        files.set(`${folder}/APKINDEX.tar.gz`, await signIndex(await packIndex(indexText(packages)), signatures));
      }
      return files;
    },
  };
}

export function createApkKey(name: string, modulusLength = 2048): ApkKey {
  const pair = generateKeyPairSync('rsa', { modulusLength });
  const secret = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const open = createPublicKey(secret);
  const fingerprint = createHash('sha256')
    .update(open.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  const material = new Uint8Array(Buffer.from(open.export({ type: 'spki', format: 'pem' })));
  return { name, secret, anchor: { kind: 'rsa', fingerprint, material, name } };
}

/** A package of apk-tools 2: three gzip members, the signature, control and data segments. */
export async function buildApk(spec: ApkSpec, key: ApkKey): Promise<ApkPackage> {
  const { name, version, architecture = 'x86_64', content = `${name} ${version}\n` } = spec;
  const data = gzipSync(await tar([[`usr/share/${name}/content`, content]]));
  const info = [
    `pkgname = ${name}`,
    `pkgver = ${version}`,
    `arch = ${architecture}`,
    `size = ${content.length}`,
    `origin = ${spec.origin ?? name}`,
    `datahash = ${createHash('sha256').update(data).digest('hex')}`,
    '',
  ].join('\n');
  const control = gzipSync(withoutEnd(await tar([['.PKGINFO', info]])));
  const signature = gzipSync(withoutEnd(await tar([[`.SIGN.RSA.${key.name}`, sign('sha1', control, key.secret)]])));
  return {
    spec,
    fileName: `${name}-${version}.apk`,
    bytes: new Uint8Array(Buffer.concat([signature, control, data])),
    checksum: `Q1${createHash('sha1').update(control).digest('base64')}`,
  };
}

export function indexText(packages: readonly ApkPackage[]): string {
  return packages
    .map(({ spec, checksum, bytes }) =>
      [
        `C:${checksum}`,
        `P:${spec.name}`,
        `V:${spec.version}`,
        `A:${spec.architecture ?? 'x86_64'}`,
        `S:${bytes.length}`,
        'I:4096',
        'T:a package of the tests',
        'U:https://example.org/',
        'L:MIT',
        `o:${spec.origin ?? spec.name}`,
        `t:${Math.floor((spec.builtAt ?? new Date('2026-01-01')).getTime() / 1000)}`,
        'D:so:libc.musl-x86_64.so.1',
        `p:cmd:${spec.name}=${spec.version}`,
        '',
        '',
      ].join('\n'),
    )
    .join('');
}

/** The part of APKINDEX.tar.gz that is signed. */
export async function packIndex(text: string): Promise<Uint8Array> {
  return gzipSync(
    await tar([
      ['DESCRIPTION', 'v1'],
      ['APKINDEX', text],
    ]),
  );
}

/** Signs as abuild-sign does: a gzip member of its own in front. */
export async function signIndex(
  packed: Uint8Array,
  signatures: readonly { readonly key: ApkKey; readonly kind?: ApkSignatureKind }[],
): Promise<Uint8Array> {
  if (signatures.length === 0) return packed;
  const entries = signatures.map(
    ({ key, kind = 'RSA' }) => [`.SIGN.${kind}.${key.name}`, sign(DIGESTS[kind], packed, key.secret)] as const,
  );
  return new Uint8Array(Buffer.concat([gzipSync(withoutEnd(await tar(entries))), packed]));
}

export async function tar(entries: readonly (readonly [string, string | Uint8Array])[]): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of entries) archive.entry({ name, mtime: new Date(0) }, Buffer.from(content));
  archive.finalize();
  return Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Uint8Array>));
}

/** Segments that others follow have no end marker. */
function withoutEnd(archive: Buffer): Buffer {
  return archive.subarray(0, archive.length - END_MARKER_BYTES);
}
