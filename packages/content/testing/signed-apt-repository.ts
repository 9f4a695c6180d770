import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Packing, RepositoryDefinition, TrustAnchor } from '../model/index.ts';
import { buildDeb, type BuiltDeb, type DebSpec } from './deb-package.ts';
import { createGpgHome, type GpgHome } from './gpg-home.ts';
import { packInTest } from './pack-in-test.ts';

/** One state of the repository. What is hostile is validly signed, unless `signedBy` says otherwise. */
export interface AptPublication {
  /** Of the Release; now, if not given. */
  readonly date?: Date;
  readonly validUntil?: Date;
  /** The packages that it has; all that were built, if not given. */
  readonly packages?: readonly BuiltDeb[];
  readonly packings?: readonly Packing[];
  /** `Acquire-By-Hash`; true, if not given. Files of earlier states stay there, as they do at real archives. */
  readonly byHash?: boolean;
  readonly form?: 'InRelease' | 'Release' | 'unsigned';
  /** Fingerprints; the repository's own key, if not given. */
  readonly signedBy?: readonly string[];
  /** Digests that the Release lists. */
  readonly digests?: readonly ('MD5Sum' | 'SHA1' | 'SHA256' | 'SHA512')[];
  /** More files that the Release lists, by path beside it: `main/i18n/Translation-en`. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Changes the Packages file before it is packed. */
  readonly changeIndex?: (text: string) => string;
  /** Changes what is listed and served, by path beside the Release, before the Release is written. */
  readonly changeFiles?: (files: Map<string, Uint8Array>) => void;
  /** Changes the Release before it is signed. */
  readonly changeRelease?: (text: string) => string;
}

/** An apt repository in a folder, made of real packages and signed by GnuPG. */
export interface SignedAptRepository {
  /** What is served. */
  readonly folder: string;
  readonly gpg: GpgHome;
  readonly fingerprint: string;
  readonly anchor: TrustAnchor;
  readonly definition: RepositoryDefinition;
  build(spec: DebSpec): Promise<BuiltDeb>;
  publish(publication?: AptPublication): Promise<void>;
  /** All files as they are now, by path. */
  files(): Promise<Map<string, Uint8Array>>;
  close(): Promise<void>;
}

const SUFFIXES: Readonly<Record<Packing, string>> = { plain: '', gzip: '.gz', xz: '.xz', zstd: '.zst', bzip2: '.bz2' };

/** @param suite `stable`, if not given; a path that ends in `/` makes a flat repository */
export async function createSignedAptRepository(
  settings: { readonly suite?: string; readonly gpg?: GpgHome } = {},
): Promise<SignedAptRepository> {
  const { suite = 'stable' } = settings;
  const folder = await mkdtemp(join(tmpdir(), 'apt-repository-'));
  const gpg = settings.gpg ?? createGpgHome();
  const fingerprint = gpg.createKey({ userId: 'Test archive <archive@example.org>' });
  const flat = suite.endsWith('/');
  const base = flat ? suite.replace(/^\.?\/$/, '') : `dists/${suite}/`;
  const built: BuiltDeb[] = [];
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  };
  return {
    folder,
    gpg,
    fingerprint,
    anchor: gpg.anchor(fingerprint),
    definition: {
      format: 'apt',
      uris: ['https://packages.example/apt/'],
      mirrorList: null,
      suite,
      components: flat ? [] : ['main'],
      architectures: ['amd64'],
      signature: 'metadata',
    },
    async build(spec) {
      const deb = await buildDeb(spec);
      built.push(deb);
      await put(deb.path, deb.bytes);
      return deb;
    },
    async publish(publication = {}) {
      const { packages = built, byHash = true, form = 'InRelease', signedBy = [fingerprint] } = publication;
      const files = indexFiles(packages, flat ? '' : 'main/binary-amd64/', publication);
      for (const [path, bytes] of files) {
        await put(`${base}${path}`, bytes);
        if (byHash) for (const hashed of byHashPaths(path, bytes)) await put(`${base}${hashed}`, bytes);
      }
      const release = releaseText(files, { suite: flat ? null : suite, byHash, publication });
      for (const name of ['InRelease', 'Release', 'Release.gpg']) await rm(join(folder, base, name), { force: true });
      if (form === 'InRelease') await put(`${base}InRelease`, gpg.sign(release, { by: signedBy, kind: 'clearsigned' }));
      else await put(`${base}Release`, Buffer.from(release));
      if (form === 'Release') await put(`${base}Release.gpg`, gpg.sign(release, { by: signedBy, kind: 'detached' }));
    },
    files: () => filesBelow(folder),
    async close() {
      if (settings.gpg === undefined) gpg.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function indexFiles(
  packages: readonly BuiltDeb[],
  folder: string,
  publication: AptPublication,
): ReadonlyMap<string, Uint8Array> {
  const { packings = ['plain', 'xz', 'gzip'], extra = {}, changeIndex = (text) => text } = publication;
  const index = Buffer.from(changeIndex(packages.map(({ stanza }) => stanza).join('\n')));
  const files = new Map<string, Uint8Array>(
    packings.map((packing) => [`${folder}Packages${SUFFIXES[packing]}`, packInTest(index, packing)]),
  );
  for (const [path, text] of Object.entries(extra)) files.set(path, Buffer.from(text));
  publication.changeFiles?.(files);
  return files;
}

function releaseText(
  files: ReadonlyMap<string, Uint8Array>,
  settings: { readonly suite: string | null; readonly byHash: boolean; readonly publication: AptPublication },
): string {
  const { date = new Date(), validUntil, digests = ['MD5Sum', 'SHA256'], changeRelease } = settings.publication;
  const lines = [
    'Origin: Test',
    'Label: Test archive',
    ...(settings.suite === null ? [] : [`Suite: ${settings.suite}`, 'Codename: testing-codename']),
    `Date: ${date.toUTCString().replace('GMT', 'UTC')}`,
    ...(validUntil === undefined ? [] : [`Valid-Until: ${validUntil.toUTCString().replace('GMT', 'UTC')}`]),
    ...(settings.byHash ? ['Acquire-By-Hash: yes'] : []),
    ...(settings.suite === null ? [] : ['Architectures: all amd64', 'Components: main']),
    'No-Support-for-Architecture-all: Packages',
    ...digests.flatMap((name) => [`${name}:`, ...listing(files, name.replace(/Sum$/, '').toLowerCase())]),
  ];
  const text = `${lines.join('\n')}\n`;
  return changeRelease?.(text) ?? text;
}

function listing(files: ReadonlyMap<string, Uint8Array>, algorithm: string): readonly string[] {
  return [...files].map(([path, bytes]) => ` ${digest(algorithm, bytes)} ${bytes.length} ${path}`);
}

function byHashPaths(path: string, bytes: Uint8Array): readonly string[] {
  const folder = `${path.slice(0, path.lastIndexOf('/') + 1)}by-hash`;
  return [`${folder}/SHA256/${digest('sha256', bytes)}`, `${folder}/SHA512/${digest('sha512', bytes)}`];
}

function digest(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

async function filesBelow(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), await readFile(path));
  }
  return files;
}
