import { canonicalJson, CONTENT_BUNDLE_PAYLOAD_TYPE, ContentManifest, SignedContentManifest } from '@thimble/protocol';
import { EnvelopeError, openVouched, signEnvelope, type SigningKey } from '@thimble/protocol/signing';
import { Compile } from 'typebox/compile';
import { repositoryPath } from '../formats/repository-path.ts';
import { ContentFault } from '../model/index.ts';
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
  const manifest = parsed(payload);
  if (!manifests.Check(manifest))
    throw new ContentBundleError(
      'not-a-bundle',
      'its manifest is of a form that this Thimble does not know',
      'Use a Thimble that is at least as new as the one that exported it.',
    );
  assertSound(manifest);
  return manifest;
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8')) as unknown;
  } catch (cause) {
    throw new ContentBundleError('not-a-bundle', 'its manifest is no JSON', EXPORT_AGAIN, { cause });
  }
}

/** Signed or not, what contradicts itself or points out of its repository is nothing that an export writes. */
function assertSound(manifest: ContentManifest): void {
  const sizes = new Map<string, number>();
  for (const { name, metadata } of manifest.repositories) {
    const paths = new Set<string>();
    for (const { path } of metadata) {
      if (!isSafe(path)) throw unsound(`the path ${JSON.stringify(path.slice(0, 200))} leaves the repository ${name}`);
      if (paths.has(path)) throw unsound(`${path.slice(0, 200)} of ${name} is stated twice`);
      paths.add(path);
    }
  }
  for (const { sha256, sizeBytes } of statedObjects(manifest)) {
    if ((sizes.get(sha256) ?? sizeBytes) !== sizeBytes) throw unsound(`${sha256} is stated with two sizes`);
    sizes.set(sha256, sizeBytes);
  }
}

function isSafe(path: string): boolean {
  try {
    return repositoryPath(path, 'path') === path;
  } catch (error) {
    if (error instanceof ContentFault) return false;
    throw error;
  }
}

function unsound(why: string): ContentBundleError {
  return new ContentBundleError('not-a-bundle', why, EXPORT_AGAIN);
}

const EXPORT_AGAIN = 'Name the folder that thimble content export wrote.';

export interface BundledObject {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Every file of a bundle's store once: metadata first, then packages. */
export function objectsOf(manifest: ContentManifest): readonly BundledObject[] {
  return [...new Map([...statedObjects(manifest)].map((object) => [object.sha256, object])).values()];
}

function* statedObjects(manifest: ContentManifest): Generator<BundledObject> {
  for (const { metadata } of manifest.repositories)
    for (const { sha256, sizeBytes } of metadata) yield { sha256, sizeBytes };
  for (const line of manifest.objects) {
    const [sha256 = '', size = ''] = line.split(' ');
    yield { sha256, sizeBytes: Number(size) };
  }
}
