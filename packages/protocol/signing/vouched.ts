import type { KeyObject } from 'node:crypto';
import type { Envelope } from '../orders/order.ts';
import { EnvelopeError, openEnvelope } from './envelope.ts';
import { keyThumbprint, verifyingKey } from './keys.ts';

/** A signed document that travels: the keys help those who know only a fingerprint, and prove nothing by themselves. */
export interface Vouched {
  readonly envelope: Envelope;
  /** Ed25519, raw, base64url. */
  readonly publicKeys: readonly string[];
}

/**
 * The payload, once its signature is known to be of a trusted key. Nothing of it may be read before.
 *
 * @param trusted fingerprints (SHA-256 of the raw key, lower-case hex) or Ed25519 public keys (base64url)
 * @throws EnvelopeError `bad-signature` also when no key of the document is trusted; `malformed`
 */
export function openVouched(document: Vouched, payloadType: string, trusted: readonly string[]): Buffer {
  const fingerprints = new Set(trusted.map((text) => (isPublicKey(text) ? keyThumbprint(text) : text.toLowerCase())));
  const keys = new Map<string, KeyObject>();
  for (const text of [...document.publicKeys, ...trusted]) {
    if (!isPublicKey(text)) continue;
    const fingerprint = keyThumbprint(text);
    if (fingerprints.has(fingerprint)) keys.set(fingerprint, verifyingKey(text));
  }
  if (keys.size === 0) {
    const signers = document.envelope.signatures.map(({ keyid }) => keyid.slice(0, 16)).join(', ');
    throw new EnvelopeError(
      'bad-signature',
      `it says to be signed by ${JSON.stringify(signers)}…, which is none of the trusted keys`,
    );
  }
  return openEnvelope(document.envelope, payloadType, keys);
}

function isPublicKey(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
