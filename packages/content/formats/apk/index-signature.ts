import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { ContentFault, type ContentFaultCode, type TrustAnchor } from '../../model/index.ts';
import { firstGzipMember, gzipStart } from './gzip-member.ts';
import { tarFiles } from './tar-files.ts';

/** Unpacked: signatures are entries of at most 1 kB. */
const SIGNATURES_LIMIT_BYTES = 1024 * 1024;
const SIGNATURE_LIMIT_BYTES = 8192;
const SIGNATURE_NAME = Buffer.from('.SIGN.');
/** The oldest of Alpine's keys have 2048. */
const KEY_LIMIT_BITS = 2048;

/**
 * What the names of entries say. apk-v2's own is RSA with SHA-1: Alpine signs its index with nothing else, so here, and only here, SHA-1
 * is accepted. Forging one needs a second preimage, which nobody can find today, not a collision; but who can get
 * two files of their own making signed (who builds the index) can have them collide.
 */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['RSA', 'sha1'],
  ['RSA256', 'sha256'],
  ['RSA512', 'sha512'],
]);

export interface VerifiedIndex {
  /** SHA-256 of the key's DER, lower-case hex. */
  readonly signedBy: string;
  /** What was signed and nothing else, packed: only this may be read. */
  readonly signed: Uint8Array;
}

/**
 * Verifies APKINDEX.tar.gz of apk-tools 2 (`apk_sign_ctx` in its package.c): the first gzip member has entries `.SIGN.RSA.KEYNAME`,
 * the signatures are over all bytes behind it. A key counts by its approved file name *and* fingerprint; one good signature of
 * an approved key is enough.
 *
 * @throws ContentFault `unsigned`, `unknown-key`, `bad-signature`, `weak-signature`, `unsupported`, `malformed`, `too-large`
 */
export async function verifyIndex(
  bytes: Uint8Array,
  anchors: readonly TrustAnchor[],
  path: string,
): Promise<VerifiedIndex> {
  const fault = (code: ContentFaultCode, why: string): ContentFault =>
    new ContentFault(code, `${path} ${why}`, { path });
  if (Buffer.from(bytes.subarray(0, 3)).toString('latin1') === 'ADB')
    throw fault(
      'unsupported',
      'is of apk-tools 3 (ADB), which is not read yet: use the repository’s index for apk-tools 2',
    );
  const start = gzipStart(bytes);
  if (start.length > 0 && !Buffer.from(start).subarray(0, SIGNATURE_NAME.length).equals(SIGNATURE_NAME))
    throw fault('unsigned', 'is not signed: its publisher must sign it (abuild-sign)');
  const { content, end } = firstGzipMember(bytes, { limitBytes: SIGNATURES_LIMIT_BYTES }, path);
  const signed = bytes.subarray(end);
  const signatures = await readSignatures(content, path);
  const faults: ContentFault[] = [];
  for (const { algorithm, keyName, value } of signatures) {
    const key = approvedKey(anchors, keyName);
    if (key === null)
      faults.push(fault('unknown-key', `is signed by ${keyName}, which is not approved for this repository`));
    else if ((key.object.asymmetricKeyDetails?.modulusLength ?? 0) < KEY_LIMIT_BITS)
      faults.push(fault('weak-signature', `is signed by ${keyName}, a key of less than ${KEY_LIMIT_BITS} bits`));
    else if (verify(algorithm, signed, key.object, value)) return { signedBy: key.fingerprint, signed };
    else faults.push(fault('bad-signature', `has a signature of approved key ${keyName} that does not hold`));
  }
  const gravest = ['bad-signature', 'weak-signature', 'unknown-key'];
  const [first] = faults.toSorted((a, b) => gravest.indexOf(a.code) - gravest.indexOf(b.code));
  throw first ?? fault('unsupported', 'is signed in no way that is known: RSA with SHA-1, SHA-256 or SHA-512 is');
}

interface IndexSignature {
  readonly algorithm: string;
  readonly keyName: string;
  readonly value: Uint8Array;
}

/** Entries of other kinds would be read by some clients as part of the index, though nobody signed them. */
async function readSignatures(tar: Uint8Array, path: string): Promise<readonly IndexSignature[]> {
  const found: IndexSignature[] = [];
  for await (const { name, sizeBytes, content } of tarFiles(once(tar), path)) {
    const [, kind, keyName] = /^\.SIGN\.([A-Z0-9]{1,16})\.([^/\0]{1,255})$/.exec(name) ?? [];
    if (kind === undefined || keyName === undefined)
      throw new ContentFault('malformed', `${path} has files among its signatures, which nobody signed`, { path });
    if (sizeBytes > SIGNATURE_LIMIT_BYTES)
      throw new ContentFault('too-large', `${path} has a signature of ${sizeBytes} bytes`, { path });
    const value = Buffer.concat(await Array.fromAsync(content));
    const algorithm = ALGORITHMS.get(kind);
    // Signatures of other kinds may stand beside one that is known.
    if (algorithm !== undefined) found.push({ algorithm, keyName, value });
  }
  return found;
}

function approvedKey(
  anchors: readonly TrustAnchor[],
  keyName: string,
): { readonly object: KeyObject; readonly fingerprint: string } | null {
  for (const { kind, name, fingerprint, material } of anchors) {
    if (kind !== 'rsa' || name !== keyName) continue;
    const object = rsaKey(material, name);
    if (rsaFingerprint(object) === fingerprint) return { object, fingerprint };
  }
  return null;
}

/** @throws ContentFault `malformed` for an approved key that is none */
function rsaKey(material: Uint8Array, name: string): KeyObject {
  try {
    const object = createPublicKey({ key: Buffer.from(material), format: 'pem' });
    if (object.asymmetricKeyType === 'rsa') return object;
  } catch (error) {
    throw new ContentFault('malformed', `approved key ${name} can't be read`, { cause: error });
  }
  throw new ContentFault('unsupported', `approved key ${name} is not an RSA key`);
}

/** SHA-256 of the key's DER (SubjectPublicKeyInfo), lower-case hex. */
function rsaFingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
