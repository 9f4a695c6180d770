import { createPublicKey, type KeyObject } from 'node:crypto';
import type { ApproverKey } from '../orders/approval.ts';
import { sha256 } from './digest.ts';
import { KeyError, verifyingKey } from './keys.ts';
import { strictBase64Url } from './strict-base64-url.ts';

/** NIST SP 800-131A: shorter ones are not to be used for signatures. */
const MIN_RSA_BITS = 2048;
/** Longer ones only cost time. */
const MAX_RSA_BITS = 8192;

/**
 * The key with which an approver's signatures are checked. What it can be used for follows from its kind and from
 * itself, never from what a signature says: there is no algorithm to confuse.
 *
 * @throws KeyError when it is no key of that kind, or is spelt in another way than its canonical one.
 */
export function approverKeyObject(key: Pick<ApproverKey, 'kind' | 'publicKey'>): KeyObject {
  const bytes = strictBase64Url(key.publicKey);
  if (bytes === null) throw new KeyError('a public key is base64url without padding');
  return key.kind === 'file' ? verifyingKey(key.publicKey) : passkey(bytes);
}

/** What names an approver's key: SHA-256 of its public bytes, raw Ed25519 or SubjectPublicKeyInfo. */
export function approverKeyid(publicKey: string): string {
  return sha256(Buffer.from(publicKey, 'base64url'));
}

function passkey(spki: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new KeyError('a passkey’s public key is SubjectPublicKeyInfo in DER', { cause });
  }
  // One key has one spelling, or one person could count as two.
  if (!key.export({ format: 'der', type: 'spki' }).equals(spki))
    throw new KeyError('the public key is not in canonical DER');
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const bits = details?.modulusLength ?? 0;
  const usable =
    type === 'ed25519' ||
    (type === 'ec' && details?.namedCurve === 'prime256v1') ||
    (type === 'rsa' && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS);
  if (!usable) throw new KeyError('a passkey is P-256 (ES256), Ed25519 (EdDSA) or RSA of at least 2048 bits (RS256)');
  return key;
}
