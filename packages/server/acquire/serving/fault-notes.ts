import { ContentFault } from '@thimble/content';
import type { ServerContext } from '../../context.ts';
import { recordFault, resolveFileFault } from '../revisions/faults.ts';
import type { FoundRevision } from './find-revision.ts';
import { RecentlyUsed } from './recently-used.ts';

/** A client that asks again and again for a file that can't be had must not fill the database with it. */
const AGAIN_MS = 60_000;
const NOTED_KEPT = 10_000;

/** What becomes of files that are fetched because a client asked: people see it at the repository, as they do of what is fetched ahead. */
export interface FaultNotes {
  readonly failed: (revision: FoundRevision, path: string, error: unknown) => void;
  readonly arrived: (revision: FoundRevision, path: string) => void;
}

export function createFaultNotes(context: ServerContext): FaultNotes {
  const notedAtMs = new RecentlyUsed<number>(NOTED_KEPT);
  const write = (work: Promise<unknown>): void => {
    work.catch((err: unknown) => {
      if (!context.stopping.aborted) context.log.error({ err }, 'a fault of content was not written down');
    });
  };
  return {
    failed: (revision, path, error) => {
      // Of a full disk the store's own status tells.
      if (!(error instanceof ContentFault) || error.code === 'disk-full' || context.stopping.aborted) return;
      const key = `${revision.repositoryId} ${path}`;
      const nowMs = context.clock().getTime();
      if (nowMs - (notedAtMs.get(key) ?? 0) < AGAIN_MS) return;
      notedAtMs.set(key, nowMs);
      const { code, message } = error;
      write(recordFault(context, repositoryOf(revision), { code, message, path, metadataSha256: null }));
    },
    arrived: (revision, path) => {
      notedAtMs.delete(`${revision.repositoryId} ${path}`);
      write(resolveFileFault(context, repositoryOf(revision), path));
    },
  };
}

function repositoryOf({ repositoryId: id, organisationId, name }: FoundRevision) {
  return { id, organisationId, name };
}
