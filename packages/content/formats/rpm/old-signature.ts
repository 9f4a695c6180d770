import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { enums, type Key } from 'openpgp';
import { ContentFault, type ContentFaultCode, type TrustAnchor } from '../../model/index.ts';
import { parseKeys } from '../../signatures/keyring.ts';
import { SIGNATURE_LIMITS } from '../../signatures/limits.ts';
import { POLICY } from '../../signatures/policy.ts';
import type { VerifiedBy } from '../../signatures/index.ts';

/** A signature packet of version 3 (RFC 4880 clause 5.2.2). */
interface OldSignature {
  readonly signedAt: Date;
  /** Type and time, which are hashed after the content. */
  readonly trailer: Uint8Array;
  /** Upper-case hex. */
  readonly keyId: string;
  readonly hash: string;
  readonly value: Uint8Array;
}

/**
 * Whether this is an OpenPGP signature of version 3. Red Hat signs its packages so to this day, and openpgp.js leaves the
 * version out because nothing else does.
 */
export function isOldSignature(packet: Uint8Array): boolean {
  return bodyOf(packet)?.[0] === 3;
}

/**
 * Verifies an RSA signature of version 3 over binary content against approved keys, by the rules of `verifyDetached`.
 *
 * @throws ContentFault `unknown-key`, `bad-signature`, `weak-signature`, `from-the-future`, `unsupported`, `malformed`
 */
export async function verifyOldSignature(
  content: Uint8Array,
  packet: Uint8Array,
  anchors: readonly TrustAnchor[],
  at: Date,
): Promise<VerifiedBy> {
  const signature = readSignature(packet);
  const candidates = await candidateKeys(signature.keyId, anchors);
  if (candidates.length === 0)
    throw fault('unknown-key', `it is signed by key ${signature.keyId}, which is not approved for this repository`);
  const signed = Buffer.concat([content, signature.trailer]);
  const holder = candidates.find(({ packet: key }) => {
    const rsa = rsaKey(key);
    return key.created <= signature.signedAt && verify(signature.hash, signed, rsa.key, padded(signature, rsa.bytes));
  });
  if (holder === undefined)
    throw fault('bad-signature', `its signature of approved key ${signature.keyId} does not hold`);
  if (signature.signedAt.getTime() > at.getTime() + SIGNATURE_LIMITS.clockAheadMs)
    throw fault('from-the-future', `it was signed at ${signature.signedAt.toISOString()}, which is yet to come`);
  const moment = new Date(Math.max(at.getTime(), signature.signedAt.getTime()));
  try {
    await holder.key.getSigningKey(holder.packet.getKeyID(), moment, undefined, POLICY);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw fault('weak-signature', `approved key ${signature.keyId} may not sign: ${why}`, error);
  }
  return { signedBy: holder.key.getFingerprint().toUpperCase(), signedAt: signature.signedAt };
}

type KeyPacket = ReturnType<Key['getKeys']>[number]['keyPacket'];

interface Candidate {
  readonly key: Key;
  readonly packet: KeyPacket;
}

async function candidateKeys(keyId: string, anchors: readonly TrustAnchor[]): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const anchor of anchors) {
    if (anchor.kind !== 'openpgp') continue;
    for (const key of await parseKeys(anchor.material, `approved key ${anchor.fingerprint}`)) {
      if (key.getFingerprint().toUpperCase() !== anchor.fingerprint) continue;
      for (const { keyPacket } of key.getKeys())
        if (keyPacket.getKeyID().toHex().toUpperCase() === keyId) found.push({ key, packet: keyPacket });
    }
  }
  return found;
}

function rsaKey(packet: KeyPacket): { readonly key: KeyObject; readonly bytes: number } {
  const { n, e } = packet.publicParams as { readonly n?: unknown; readonly e?: unknown };
  if (!(n instanceof Uint8Array) || !(e instanceof Uint8Array))
    throw fault('unsupported', 'its signature of version 3 is by a key that is not RSA');
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  return { key: createPublicKey({ key: { kty: 'RSA', n: base64(n), e: base64(e) }, format: 'jwk' }), bytes: n.length };
}

/** A multi-precision integer has no zeros in front; PKCS #1 wants them. */
function padded({ value }: OldSignature, bytes: number): Uint8Array {
  return value.length >= bytes ? value : Buffer.concat([Buffer.alloc(bytes - value.length), value]);
}

function readSignature(packet: Uint8Array): OldSignature {
  const body = bodyOf(packet);
  if (body === null || body.length < 22 || body[0] !== 3 || body[1] !== 5)
    throw fault('malformed', 'its signature is cut off');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes[2] !== enums.signature.binary)
    throw fault('unsupported', 'its signature is of a type that is not for files');
  const algorithm = bytes[15];
  if (algorithm !== enums.publicKey.rsaEncryptSign && algorithm !== enums.publicKey.rsaSign)
    throw fault('unsupported', `its signature of version 3 has algorithm ${String(algorithm)}, not RSA`);
  const length = Math.ceil(bytes.readUInt16BE(19) / 8);
  if (bytes.length !== 21 + length) throw fault('malformed', 'its signature has another length than it says');
  return {
    signedAt: new Date(bytes.readUInt32BE(3) * 1000),
    trailer: bytes.subarray(2, 7),
    keyId: bytes.subarray(7, 15).toString('hex').toUpperCase(),
    hash: hashName(bytes[16]),
    value: bytes.subarray(21),
  };
}

function hashName(algorithm: number | undefined): string {
  switch (algorithm) {
    case enums.hash.sha256:
      return 'sha256';
    case enums.hash.sha384:
      return 'sha384';
    case enums.hash.sha512:
      return 'sha512';
    case enums.hash.md5:
    case enums.hash.sha1:
    case enums.hash.ripemd:
      throw fault('weak-signature', 'it is signed with MD5, SHA-1 or RIPEMD-160, which are broken');
    default:
      throw fault('unsupported', `its signature has digest algorithm ${String(algorithm)}`);
  }
}

/** The body of the one signature packet that there is, RFC 4880 clause 4.2; null: this is something else. */
function bodyOf(packet: Uint8Array): Uint8Array | null {
  const [tag = 0, first = 0, second = 0] = packet;
  if ((tag & 0x80) === 0) return null;
  const isNew = (tag & 0x40) !== 0;
  if ((isNew ? tag & 0x3f : (tag >> 2) & 0x0f) !== 2) return null;
  const [start, length] = isNew ? newLength(first, second) : oldLength(tag & 3, first, second);
  return start + length === packet.length ? packet.subarray(start) : null;
}

function newLength(first: number, second: number): readonly [number, number] {
  return first < 192 ? [2, first] : [3, ((first - 192) << 8) + second + 192];
}

/** Signatures have less than 64 kB, so there is no third form. */
function oldLength(form: number, first: number, second: number): readonly [number, number] {
  return form === 0 ? [2, first] : form === 1 ? [3, first * 256 + second] : [0, -1];
}

function fault(code: ContentFaultCode, why: string, cause?: unknown): ContentFault {
  return new ContentFault(code, `the rpm can't be trusted: ${why}`, cause === undefined ? {} : { cause });
}
