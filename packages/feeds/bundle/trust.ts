import { EnvelopeError, keyThumbprint, openVouched } from '@thimble/protocol/signing';
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
  for (const text of trusted) fingerprintOf(text);
  const payload = opened(signed, trusted);
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

function opened(signed: Static<typeof SignedManifest>, trusted: readonly string[]): Buffer {
  try {
    return openVouched(signed, BUNDLE_PAYLOAD_TYPE, trusted);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw new BundleError(
      'bundle-not-trusted',
      `its signature does not count: ${error.message}`,
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
