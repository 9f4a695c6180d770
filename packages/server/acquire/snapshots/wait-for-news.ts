import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { poke } from '../revisions/scheduler.ts';

/** How often the database is asked whether all are done; events of progress go to people by themselves. */
const LOOK_MS = 250;
/** The first time over a slow link, metadata of a whole distribution takes minutes. */
const PATIENCE_MS = 30 * 60_000;
/** What is news on a usual day is there in seconds. */
export const SLOW_MS = 60_000;

/**
 * Has upstream looked at now for each of these repositories, by whichever replica, and waits for the end of it, good or bad.
 *
 * @param slowMs for how long those are waited for that have a good revision to take; null: to the end, as for those that have none
 * @param left fires when the one who waits has gone
 * @throws HttpProblem 503 `still-synchronising`
 */
export async function waitForNews(
  context: ServerContext,
  repositoryIds: readonly string[],
  slowMs: number | null,
  left: AbortSignal,
): Promise<void> {
  const { kysely } = context.database;
  const ids = [...repositoryIds];
  await sql`update content_repository set asked_at = ${context.clock()}
    where id = any(${ids}::uuid[]) and removed_at is null`.execute(kysely);
  await poke(context);
  const startMs = performance.now();
  for (;;) {
    const waitedMs = performance.now() - startMs;
    const goOn = slowMs !== null && waitedMs >= slowMs;
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from content_repository
      where id = any(${ids}::uuid[]) and asked_at is not null and removed_at is null
        and not (${goOn}::boolean and sequence > 0)`.execute(kysely);
    if (rows[0]?.waiting === 0) return;
    if (waitedMs > PATIENCE_MS)
      throw new HttpProblem(503, 'still-synchronising', {
        detail: 'Some repositories are still being looked at.',
        hint: 'Make the snapshot when they are done, or without looking for news.',
      });
    await sleep(LOOK_MS);
    if (left.aborted) throw new HttpProblem(499, 'not-waited-for', { detail: 'The one who asked has gone.' });
    context.stopping.throwIfAborted();
  }
}
