import type { KeyObject } from 'node:crypto';
import { EnvelopeError, keyThumbprint, openEnvelope, verifyingKey } from '@thimble/protocol/signing';
import type { Static } from 'typebox';
import { BundleError } from './bundle-error.ts';
import { BUNDLE_PAYLOAD_TYPE, type BundleManifest, manifests, type SignedManifest } from './manifest.ts';

/**
 * The manifest of a bundle, once its signature is known to be of a trusted key. Nothing of it is read before.
 *
 * @param trusted fingerprints (SHA-256 of the raw key, hex) or Ed25519 public keys (base64url)
 * @throws BundleError `bundle-not-trusted`, `not-a-bundle`
 */
export function trustedManifest(signed: Static<typeof SignedManifest>, trusted: readonly string[]): BundleManifest {
  const fingerprints = new Set(trusted.map(fingerprintOf));
  const keys = new Map<string, KeyObject>();
  for (const text of [...signed.publicKeys, ...trusted.filter(isPublicKey)]) {
    if (!isPublicKey(text)) continue;
    const fingerprint = keyThumbprint(text);
    if (fingerprints.has(fingerprint)) keys.set(fingerprint, verifyingKey(text));
  }
  const payload = opened(signed, keys);
  let manifest: unknown;
  try {
    manifest = JSON.parse(payload.toString());
  } catch (cause) {
    throw unknownVersion(cause);
  }
  if (!manifests.Check(manifest)) throw unknownVersion();
  return manifest;
}

/** @throws BundleError `bundle-not-trusted` for what is neither a fingerprint nor a key */
export function fingerprintOf(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  if (isPublicKey(text)) return keyThumbprint(text);
  throw new BundleError(
    'bundle-not-trusted',
    `${JSON.stringify(text)} is neither a fingerprint (64 hexadecimal digits) nor a public key`,
    'See it on the exporting side: thimble feeds key',
  );
}

function opened(signed: Static<typeof SignedManifest>, keys: ReadonlyMap<string, KeyObject>): Buffer {
  try {
    return openEnvelope(signed.envelope, BUNDLE_PAYLOAD_TYPE, keys);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    const signers = signed.envelope.signatures.map(({ keyid }) => keyid.slice(0, 16)).join(', ');
    throw new BundleError(
      'bundle-not-trusted',
      keys.size === 0
        ? `it says to be signed by ${JSON.stringify(signers)}…, which is none of the trusted keys`
        : `the signature does not hold: ${error.message}`,
      'Compare the fingerprint with the exporting side (thimble feeds key), then name it: --key FINGERPRINT',
      { cause: error },
    );
  }
}

function isPublicKey(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

function unknownVersion(cause?: unknown): BundleError {
  return new BundleError(
    'not-a-bundle',
    'its manifest is of a form that this Thimble does not know',
    'Use a Thimble that is at least as new as the one that exported it.',
    { cause },
  );
}
