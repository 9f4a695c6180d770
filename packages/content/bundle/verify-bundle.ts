import type { ContentManifest } from '@thimble/protocol';
import type { BundleFolder } from './bundle-folder.ts';
import { type BundledObject, objectsOf } from './manifest.ts';

export interface BundleFlaws {
  readonly missing: readonly BundledObject[];
  /** Other bytes than the manifest says. */
  readonly damaged: readonly BundledObject[];
  readonly checkedBytes: number;
}

/** Reads every byte of a bundle and holds it against its manifest, whose signature the caller has checked. */
export async function verifyBundle(
  folder: BundleFolder,
  manifest: ContentManifest,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (checked: number, total: number) => void },
): Promise<BundleFlaws> {
  const objects = objectsOf(manifest);
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const missing: BundledObject[] = [];
  const damaged: BundledObject[] = [];
  let checkedBytes = 0;
  for (const object of objects) {
    signal.throwIfAborted();
    if (!(await folder.has(object))) missing.push(object);
    else if ((await folder.digest(object)) !== object.sha256) damaged.push(object);
    checkedBytes += object.sizeBytes;
    onBytes(checkedBytes, totalBytes);
  }
  return { missing, damaged, checkedBytes };
}
