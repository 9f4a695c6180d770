import type { Feed } from '@thimble/advisories';
import type { ServerContext } from '../context.ts';
import { chooseForFleet, readTurns } from './schedule.ts';
import { type SyncJob, runSync } from './run-sync.ts';

/** Turns are counted in hours; asking by hand pokes. */
const PERIOD_MS = 15_000;
/** The first endpoints report, and other replicas start, before the first feed is fetched. */
const FIRST_MS = 5_000;
/** Feeds at a time: each may hold a large document, and the machine has other things to do. */
const AT_ONCE = 2;

/** On which a feed that was asked for is told to the replicas. */
export const SYNC_TOPIC = 'feed-asked';

/** Synchronises feeds when it is their turn, or somebody asks. Takes its work from the database; may run on every replica. */
export function startFeedScheduler(context: ServerContext, feeds: readonly Feed[]): () => Promise<void> {
  let working: Promise<void> | undefined;
  const work = (): void => {
    if (context.stopping.aborted) return;
    working ??= pass(context, feeds)
      .catch((error: unknown) => {
        if (!context.stopping.aborted) context.log.error({ err: error }, 'feeds were not looked after');
      })
      .finally(() => {
        working = undefined;
      });
  };
  const unsubscribe = context.events.subscribe(({ topic }) => {
    if (topic === SYNC_TOPIC) void (working ?? Promise.resolve()).then(work);
  });
  const first = setTimeout(work, FIRST_MS);
  const period = setInterval(work, PERIOD_MS);
  return async () => {
    clearTimeout(first);
    clearInterval(period);
    unsubscribe();
    await working;
  };
}

/** Synchronises whatever is due, a few at a time. */
async function pass(context: ServerContext, feeds: readonly Feed[]): Promise<void> {
  const jobs = [...(await dueJobs(context, feeds))];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let job = jobs.shift(); job !== undefined && !context.stopping.aborted; job = jobs.shift()) {
      const { id } = job.feed;
      try {
        await runSync(context, job);
      } catch (error) {
        // What one feed's code or upstream does wrong must not keep the others waiting.
        if (!context.stopping.aborted) context.log.error({ err: error, feed: id }, 'a feed was not synchronised');
      }
    }
  });
  await Promise.all(workers);
}

/** What was asked for by hand, and, unless feeds are switched off, those whose turn it is. */
export async function dueJobs(
  { database: { kysely }, settings, clock }: Pick<ServerContext, 'database' | 'settings' | 'clock'>,
  feeds: readonly Feed[],
): Promise<readonly SyncJob[]> {
  const turns = await readTurns(kysely);
  const now = clock();
  return (await chooseForFleet(kysely, feeds)).flatMap(({ feed, chosen, namespaces }) => {
    const turn = turns.get(feed.id);
    const asked = turn !== undefined && turn.askedAt !== null;
    const due =
      settings.feeds === 'auto' && chosen && (turn?.nextAt === undefined || turn.nextAt === null || turn.nextAt <= now);
    // Asked for though nothing of the fleet needs it: everything that it has.
    return asked || due ? [{ feed, turn, namespaces: namespaces?.length === 0 ? null : namespaces }] : [];
  });
}
