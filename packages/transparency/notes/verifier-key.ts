import { hash, type KeyObject } from 'node:crypto';
import { type RawPublicKey, verifyingKey } from '@thimble/protocol/signing';

/** Kinds of signatures on notes (c2sp.org/signed-note): of the text itself, and of a witness with its time. */
export type SignatureKind = 'ed25519' | 'cosignature';

const KIND_BYTES: Readonly<Record<SignatureKind, number>> = { ed25519: 1, cosignature: 4 };
const PUBLIC_KEY_BYTES = 32;
/** A plus would end the name, a space its signature line. */
const NAME = /^[^\s+\p{Cc}\p{Z}]{1,512}$/u;

/** Whoever signs notes, by name; the id is the first four bytes of a hash over name, kind and key. */
export interface VerifierKey {
  readonly name: string;
  readonly kind: SignatureKind;
  /** 8 hexadecimal digits. */
  readonly keyId: string;
  readonly key: KeyObject;
  /** `NAME+ID+BASE64`, as people hand it on. */
  readonly text: string;
}

/** @throws RangeError for a name with blanks or a plus. */
export function verifierKeyOf(name: string, kind: SignatureKind, publicKey: RawPublicKey): VerifierKey {
  if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} can't be the name of a key`);
  const typed = Buffer.concat([Buffer.of(KIND_BYTES[kind]), Buffer.from(publicKey, 'base64url')]);
  // key ID = SHA-256(name || 0x0A || kind || public key)[:4]
  const keyId = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8);
  return { name, kind, keyId, key: verifyingKey(publicKey), text: `${name}+${keyId}+${typed.toString('base64')}` };
}

/** undefined: it is no verifier key, or its id is not that of its name and key. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text);
  const [, name = '', keyId, base64 = ''] = match ?? [];
  if (match === null || !NAME.test(name)) return undefined;
  const typed = Buffer.from(base64, 'base64');
  const kind = kindOf(typed[0]);
  if (kind === undefined || typed.length !== 1 + PUBLIC_KEY_BYTES || typed.toString('base64') !== base64)
    return undefined;
  const key = verifierKeyOf(name, kind, typed.subarray(1).toString('base64url'));
  return key.keyId === keyId ? key : undefined;
}

function kindOf(byte: number | undefined): SignatureKind | undefined {
  if (byte === KIND_BYTES.ed25519) return 'ed25519';
  return byte === KIND_BYTES.cosignature ? 'cosignature' : undefined;
}
