import { join } from 'node:path';
import type { Feed } from '@thimble/advisories';
import { AdvisoryStoreError, type SyncProgress, type SyncResult, createFetcher, syncFeed } from '@thimble/feeds';
import { sql } from 'kysely';
import { Client } from 'pg';
import { createAdvisoryStore } from '../advisories/index.ts';
import { ASSESSMENT_TOPIC } from '../assess/index.ts';
import type { ServerContext } from '../context.ts';
import { asSystem } from '../storage/index.ts';
import { type FeedTurn, nextTurn } from './schedule.ts';

/** Any constant: with the feed it makes the advisory lock of whoever synchronises it ('sync' in ASCII). */
const LOCK = 0x7379_6e63;
/** How often progress is told; also what says that a synchronisation lives. */
const BEAT_MS = 2_000;
/** Of the code that reads documents: raised when it reads more out of the same bytes. */
const READER = 'server-1';
const USER_AGENT = 'Thimble/0.1 (security patch management)';

export interface SyncJob {
  readonly feed: Feed;
  /** With what it is asked; null: all that it has. */
  readonly namespaces: readonly string[] | null;
  readonly turn: FeedTurn | undefined;
}

/**
 * Synchronises one feed, unless another replica does. However it ends, it is written down when the next one is due.
 *
 * @returns null: another replica has it.
 */
export async function runSync(context: ServerContext, job: SyncJob): Promise<SyncResult | null> {
  const lock = new Client(context.database.connection);
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    const { rows } = await lock.query<{ got: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as got', [
      LOCK,
      job.feed.id,
    ]);
    return rows[0]?.got === true ? await synchronise(context, job) : null;
  } finally {
    await lock.end();
  }
}

async function synchronise(context: ServerContext, job: SyncJob): Promise<SyncResult | null> {
  const { feed } = job;
  const { kysely } = context.database;
  const startedAt = context.clock();
  const beat = createBeat(context, feed.id, startedAt);
  await beat.write('waits for the publisher', 0);
  await publishFeed(context, feed.id);
  let failed = true;
  const fetcher = fetcherFor(context, job);
  try {
    const result = await syncFeed(feed, {
      store: createAdvisoryStore(context.database, context.clock, () => assessAgain(context)),
      fetcher,
      now: context.clock,
      namespaces: job.namespaces,
      reader: READER,
      signal: context.stopping,
      onProgress: beat.progress,
    });
    failed = result.outcome === 'failed';
    context.log.info({ feed: feed.id, ...countsOf(result) }, 'feed synchronised');
    return result;
  } catch (error) {
    // An import has it at the moment: its turn comes again.
    if (error instanceof AdvisoryStoreError && error.code === 'advisories-locked') return null;
    throw error;
  } finally {
    fetcher.close();
    await beat.end();
    const now = context.clock();
    const chance = (context.random(1)[0] ?? 0) / 255;
    // Stopped in the middle, it is due at once after the next start.
    const nextAt = context.stopping.aborted ? null : nextTurn(now, feed.intervalHours, failed, chance);
    await sql`
      insert into feed_schedule (feed, attempted_at, next_at) values (${feed.id}, ${startedAt}, ${nextAt})
      on conflict (feed) do update set attempted_at = excluded.attempted_at, next_at = excluded.next_at, running = null,
        asked_at = case when feed_schedule.asked_at > ${startedAt}::timestamptz then feed_schedule.asked_at end`.execute(
      kysely,
    );
    await publishFeed(context, feed.id);
  }
}

function fetcherFor({ settings }: ServerContext, { feed, turn }: SyncJob) {
  const own = turn?.baseUrl ?? null;
  return createFetcher({
    baseUrls: new Map(own === null ? [] : [[feed.id, own]]),
    mirror: settings.feedMirror ?? null,
    temporaryDirectory: join(settings.data, 'feeds'),
    userAgent: USER_AGENT,
    proxy: settings.feedProxy ?? null,
    ...(settings.feedNoProxy === undefined ? {} : { noProxy: settings.feedNoProxy }),
  });
}

function countsOf({ outcome, advisories, facts, removed, faults, bytes, documents }: SyncResult) {
  return { outcome, advisories, facts, removed, faults, bytes, documents };
}

/** Writes down how far a synchronisation is, now and then: other replicas, and people, look there. */
function createBeat(context: ServerContext, feed: string, startedAt: Date) {
  let lastMs = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = async (message: string, records: number): Promise<void> => {
    const running = { startedAt: startedAt.toISOString(), beatAt: context.clock().toISOString(), records, message };
    await sql`insert into feed_schedule (feed, running) values (${feed}, ${JSON.stringify(running)}::jsonb)
      on conflict (feed) do update set running = excluded.running`.execute(context.database.kysely);
  };
  return {
    write,
    progress: (progress: SyncProgress): void => {
      if (performance.now() - lastMs < BEAT_MS) return;
      lastMs = performance.now();
      writing = writing
        .then(() => write(progressText(progress), progress.records))
        .then(() => publishFeed(context, feed))
        // Progress is for watching: a database that hiccups must not end the synchronisation.
        .catch((error: unknown) => context.log.warn({ err: error, feed }, 'progress was not written'));
    },
    end: () => writing,
  };
}

function progressText({ phase, documentsRead, documentsKnown, bytes }: SyncProgress): string {
  const megabytes = (bytes / 1_048_576).toFixed(1);
  switch (phase) {
    case 'fetching':
      return `fetching, ${megabytes} MiB so far`;
    case 'reading':
      return `reading, ${documentsRead} of ${documentsKnown} documents, ${megabytes} MiB`;
    case 'committing':
      return 'writing to the database';
  }
}

/** Feeds are everybody's: each organisation's people hear of it. */
export async function publishFeed({ database, events }: ServerContext, feed: string): Promise<void> {
  const { rows } = await asSystem(() =>
    sql<{ id: string }>`select id from organisation order by id`.execute(database.kysely),
  );
  for (const { id } of rows)
    await events.publish({ organisationId: id, topic: 'feed', key: feed, live: { kind: 'feed-changed', feed } });
}

export async function assessAgain({ events }: ServerContext): Promise<void> {
  await events.publish({ organisationId: '', topic: ASSESSMENT_TOPIC, key: '' });
}
