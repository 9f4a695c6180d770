import { ContentFault, StoreError } from '@thimble/content';
import type { ServerContext } from '../../context.ts';
import { attributed } from '../attributed.ts';
import { contentOf } from '../content.ts';
import { wantedPackage } from '../revisions/wanted.ts';
import type { ExportedPackage } from './exported-packages.ts';

/** Files at a time; each upstream has its own limit besides. */
const AT_ONCE = 8;
/** Some 10 GB over a fast line. Who exports more says it again: what was learnt stays known. */
const LEARN_MS = 10 * 60_000;

export interface LearntDigests {
  /** By package, of those that were learnt. */
  readonly digests: ReadonlyMap<ExportedPackage, string>;
  readonly failed: readonly { readonly file: ExportedPackage; readonly why: string }[];
  /** Not even tried, for want of time. */
  readonly leftCount: number;
}

/**
 * Fetches packages whose SHA-256 no metadata states (apk, rpm with SHA-512): a manifest names its files by it.
 */
export async function learnDigests(
  context: ServerContext,
  organisationId: string,
  {
    snapshotId,
    files,
    signal,
  }: { readonly snapshotId: string; readonly files: readonly ExportedPackage[]; readonly signal: AbortSignal },
): Promise<LearntDigests> {
  const digests = new Map<ExportedPackage, string>();
  const failed: { readonly file: ExportedPackage; readonly why: string }[] = [];
  if (files.length === 0) return { digests, failed, leftCount: 0 };
  const { acquirer } = await contentOf(context);
  const endMs = performance.now() + LEARN_MS;
  const waiting = files.values();
  let triedCount = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < endMs) {
      signal.throwIfAborted();
      const { value: file } = waiting.next();
      if (file === undefined) return;
      triedCount += 1;
      const { repositoryId, id: revisionId, name, definition, anchors, mirrors } = file.revision;
      const who = { organisationId, repositoryId, revisionId, snapshotId };
      try {
        const wanted = wantedPackage(file, { name, definition, anchors, mirrors }, context.clock());
        const { done } = await attributed(context, acquirer, who).acquire(wanted);
        digests.set(file, (await done).sha256);
      } catch (error) {
        if (!(error instanceof ContentFault || error instanceof StoreError)) throw error;
        failed.push({ file, why: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { digests, failed, leftCount: files.length - triedCount };
}
