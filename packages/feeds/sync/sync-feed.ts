import { type Feed, FeedError } from '@thimble/advisories';
import type { Fetcher } from '../fetch/index.ts';
import type { AdvisoryStore, FeedState } from '../store.ts';
import { AdvisoryStoreError } from '../store-error.ts';
import { createSyncRun } from './sync-run.ts';
import { SHRINK_COUNTS_FROM, SHRINK_LIMIT } from './limits.ts';
import { assertUsable, type Tally } from './tally.ts';

export interface SyncOptions {
  readonly store: AdvisoryStore;
  readonly fetcher: Fetcher;
  readonly now: () => Date;
  /** What was discovered; null: everything that the feed has. What was asked for before is asked for again, unless forced. */
  readonly namespaces: readonly string[] | null;
  /** Version of the code that reads; documents that have not changed are read again by another one. */
  readonly reader: string;
  readonly signal: AbortSignal;
  /** Fetches and reads everything, and takes a snapshot that has lost most of its records. */
  readonly force?: boolean;
  readonly onProgress?: (progress: SyncProgress) => void;
}

export interface SyncProgress {
  readonly feed: string;
  readonly phase: 'fetching' | 'reading' | 'committing';
  readonly documentsRead: number;
  readonly documentsKnown: number;
  readonly bytes: number;
  readonly records: number;
}

export interface SyncCounts {
  readonly feed: string;
  readonly documents: number;
  readonly bytes: number;
  readonly advisories: number;
  readonly facts: number;
  readonly removed: number;
  readonly faults: number;
}

export type SyncResult = SyncCounts &
  ({ readonly outcome: 'updated' | 'unchanged' } | { readonly outcome: 'failed'; readonly failure: FeedError });

/**
 * Brings one feed up to date: all of it or nothing. A record that can't be used is dropped and counted; a document that can't
 * leaves the last good state, with the failure beside it.
 *
 * @throws what the store throws; bugs, which are recorded as failures first; the signal's reason, after which the last good
 *   state stays
 */
export async function syncFeed(feed: Feed, options: SyncOptions): Promise<SyncResult> {
  const { store, now, signal } = options;
  const state = await store.state(feed.id);
  const run = createSyncRun(feed, options, state);
  try {
    if (await run.isUnchanged()) {
      await run.commitUnchanged();
      return { ...run.counts(), outcome: 'unchanged' };
    }
    await run.readAll();
    assertUsable(feed, run.tally);
    if (options.force !== true && !run.asksForOtherNamespaces) assertNotShrunk(feed, state, run.tally);
    await run.commit();
    return { ...run.counts(), outcome: 'updated' };
  } catch (error) {
    await run.abandon();
    signal.throwIfAborted();
    if (error instanceof AdvisoryStoreError) throw error;
    const code = error instanceof FeedError ? error.code : 'internal';
    await store.fail(feed.id, { at: now(), code, message: error instanceof Error ? error.message : String(error) });
    if (!(error instanceof FeedError)) throw error;
    return { ...run.counts(), outcome: 'failed', failure: error };
  } finally {
    await run.close();
  }
}

/** @throws FeedError `malformed` */
function assertNotShrunk(feed: Feed, state: FeedState | null, tally: Tally): void {
  if (feed.mode === 'delta') return;
  const before = (state?.advisoryCount ?? 0) + (state?.factCount ?? 0);
  const after = tally.advisories + tally.facts;
  if (before === 0 || (after > 0 && (before <= SHRINK_COUNTS_FROM || after >= before * SHRINK_LIMIT))) return;
  throw new FeedError(
    'malformed',
    `${feed.id} has ${after} records where it had ${before}: what it had stays. ` +
      'If that is right, synchronise it with --force.',
  );
}
