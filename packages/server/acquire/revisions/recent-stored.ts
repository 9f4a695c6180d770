import type { ServerContext } from '../../context.ts';
import { type Counted, type Stored, storedByRevision } from './revision-summary.ts';

/** Consoles fetch the list every two seconds while something is under way; counting walks all packages of all repositories. */
const KEEP_MS = 30_000;

interface Known {
  readonly counting: Promise<ReadonlyMap<string, Stored>>;
  readonly busy: boolean;
  readonly atMs: number;
}
const known = new WeakMap<object, Map<string, Known>>();

/**
 * How much of each revision's packages is in the store, for lists that are fetched again and again. A figure may be 30 seconds old;
 * with the end of what is under way (`busy`: a synchronisation or mirroring of its repository) it is counted anew.
 */
export async function recentStored(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  revisions: readonly Counted[],
  busy: (repositoryId: string) => boolean,
): Promise<ReadonlyMap<string, Stored>> {
  const nowMs = clock().getTime();
  const cache = known.get(database) ?? new Map<string, Known>();
  known.set(database, cache);
  for (const [id, { atMs }] of cache) if (Math.abs(nowMs - atMs) >= KEEP_MS) cache.delete(id);
  const missing = revisions.filter(({ id, repositoryId }) => cache.get(id)?.busy !== busy(repositoryId));
  const counting = storedByRevision(database.kysely, missing);
  for (const { id, repositoryId } of missing) cache.set(id, { counting, busy: busy(repositoryId), atMs: nowMs });
  counting.catch(() => {
    for (const { id } of missing) if (cache.get(id)?.counting === counting) cache.delete(id);
  });
  const found = new Map<string, Stored>();
  for (const [id, each] of await Promise.all(
    revisions.map(async ({ id }) => [id, (await cache.get(id)?.counting)?.get(id)] as const),
  ))
    if (each !== undefined) found.set(id, each);
  return found;
}
