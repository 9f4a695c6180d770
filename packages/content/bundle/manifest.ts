import { canonicalJson, CONTENT_BUNDLE_PAYLOAD_TYPE, ContentManifest, SignedContentManifest } from '@thimble/protocol';
import { EnvelopeError, openVouched, signEnvelope, type SigningKey } from '@thimble/protocol/signing';
import { Compile } from 'typebox/compile';
import { ContentBundleError } from './bundle-error.ts';

const manifests = Compile(ContentManifest);
const signedManifests = Compile(SignedContentManifest);

/** Equal content gives equal bytes: an export that is begun again is the same bundle. */
export function signManifest(manifest: ContentManifest, key: SigningKey): SignedContentManifest {
  const payload = Buffer.from(canonicalJson(manifest));
  return { envelope: signEnvelope(CONTENT_BUNDLE_PAYLOAD_TYPE, payload, [key]), publicKeys: [key.publicKey] };
}

/**
 * The manifest, once its signature is known to be of a trusted key.
 *
 * @param trusted fingerprints or public keys
 * @throws ContentBundleError `not-a-bundle`, `bundle-not-trusted`
 */
export function openManifest(document: unknown, trusted: readonly string[]): ContentManifest {
  if (!signedManifests.Check(document))
    throw new ContentBundleError('not-a-bundle', 'its manifest.json is no manifest of content', EXPORT_AGAIN);
  let payload: Buffer;
  try {
    payload = openVouched(document, CONTENT_BUNDLE_PAYLOAD_TYPE, trusted);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw new ContentBundleError(
      'bundle-not-trusted',
      `the signature of its manifest does not count: ${error.message}`,
      'Compare the fingerprint with the exporting side (thimble content export prints it), then trust it by the setting feed-keys.',
      { cause: error },
    );
  }
  const manifest: unknown = JSON.parse(payload.toString('utf8'));
  if (!manifests.Check(manifest))
    throw new ContentBundleError(
      'not-a-bundle',
      'its manifest is of a form that this Thimble does not know',
      'Use a Thimble that is at least as new as the one that exported it.',
    );
  return manifest;
}

const EXPORT_AGAIN = 'Name the folder that thimble content export wrote.';

export interface BundledObject {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Every file of a bundle's store once: metadata first, then packages. */
export function objectsOf(manifest: ContentManifest): readonly BundledObject[] {
  const objects = new Map<string, BundledObject>();
  for (const { metadata } of manifest.repositories)
    for (const { sha256, sizeBytes } of metadata) objects.set(sha256, { sha256, sizeBytes });
  for (const line of manifest.objects) {
    const [sha256 = '', size = ''] = line.split(' ');
    objects.set(sha256, { sha256, sizeBytes: Number(size) });
  }
  return [...objects.values()];
}
