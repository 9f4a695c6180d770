import { type Feed, type FeedContext, FeedError, type FeedRequest } from '@thimble/advisories';
import type { Fetched, Fetcher } from '../fetch/index.ts';
import type { AdvisoryStore, FeedState, Validator } from '../store.ts';
import { AdvisoryStoreError } from '../store-error.ts';
import { createFetchAhead, discard, type FetchAhead } from './fetch-ahead.ts';
import { compareContext, contextValidator } from './last-context.ts';
import { SHRINK_COUNTS_FROM, SHRINK_LIMIT } from './limits.ts';
import { createReceiver } from './receive.ts';
import { assertUsable, createTally, type Tally } from './tally.ts';

export interface SyncOptions {
  readonly store: AdvisoryStore;
  readonly fetcher: Fetcher;
  readonly now: () => Date;
  /** What was discovered; null: everything that the feed has. */
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

export type SyncResult = {
  readonly feed: string;
  readonly documents: number;
  readonly bytes: number;
  readonly advisories: number;
  readonly facts: number;
  readonly removed: number;
  readonly faults: number;
} & ({ readonly outcome: 'updated' | 'unchanged' } | { readonly outcome: 'failed'; readonly failure: FeedError });

/**
 * Brings one feed up to date: all of it or nothing. A record that can't be used is dropped and counted; a document that can't
 * leaves the last good state, with the failure beside it.
 *
 * @throws what the store throws; the signal's reason, after which the last good state stays
 */
export async function syncFeed(feed: Feed, options: SyncOptions): Promise<SyncResult> {
  const { store, now, signal } = options;
  const state = await store.state(feed.id);
  const run = createRun(feed, options, state);
  try {
    const outcome = (await run.isUnchanged()) ? 'unchanged' : 'updated';
    if (outcome === 'updated') await run.readAll();
    await run.commit(outcome);
    return { ...run.counts(), outcome };
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

interface Run {
  /** Whether upstream has nothing new. What was fetched to find out is kept for reading. */
  readonly isUnchanged: () => Promise<boolean>;
  readonly readAll: () => Promise<void>;
  readonly commit: (outcome: 'updated' | 'unchanged') => Promise<void>;
  readonly abandon: () => Promise<void>;
  readonly close: () => Promise<void>;
  readonly counts: () => Omit<Extract<SyncResult, { outcome: 'updated' | 'unchanged' }>, 'outcome'>;
}

function createRun(feed: Feed, options: SyncOptions, state: FeedState | null): Run {
  const { fetcher, now, signal, store, onProgress = () => undefined } = options;
  const asked = { namespaces: options.namespaces, reader: options.reader };
  const change = compareContext(state, asked);
  // Asked for more than before, a feed has to begin anew: its watermark is of what it was asked for then.
  const context: FeedContext = {
    watermark: change === 'other-namespaces' ? null : (state?.watermark ?? null),
    now: now(),
    namespaces: options.namespaces,
  };
  const trusted = change === 'same' && options.force !== true;
  const before: ReadonlyMap<string, Validator> = trusted && state !== null ? state.validators : new Map();
  const validators = new Map<string, Validator>();
  const starts = feed.start(context);
  const early = new Map<string, Fetched>();
  const tally = createTally();
  let documents = 0;
  let bytes = 0;

  const progress = (phase: SyncProgress['phase'], known: number): void =>
    onProgress({
      feed: feed.id,
      phase,
      documentsRead: documents,
      documentsKnown: known,
      bytes,
      records: tally.advisories + tally.facts,
    });
  const fetch = (request: FeedRequest, validator: Validator | null): Promise<Fetched> =>
    fetcher.fetch(feed, request, {
      validator,
      signal,
      onBytes: (count) => {
        bytes += count;
        progress('fetching', ahead.known());
      },
    });
  const ahead: FetchAhead = createFetchAhead(feed.id, async (request) => {
    const known = early.get(request.path);
    early.delete(request.path);
    // In a snapshot also what has not changed has to be read, since something else has.
    if (known === undefined || (known.kind === 'unchanged' && feed.mode === 'snapshot')) return fetch(request, null);
    return known;
  });
  const receiver = createReceiver({
    feed,
    mode: feed.mode,
    store,
    watermark: context.watermark,
    tally,
    onRequest: (request) => ahead.add(request),
  });

  return {
    isUnchanged: async () => {
      const questions = starts.filter(({ path }) => before.has(path));
      for (const request of questions) {
        const validator = before.get(request.path) ?? null;
        const fetched = await fetch(request, validator);
        early.set(request.path, sameBytes(fetched, validator) ? { kind: 'unchanged' } : fetched);
        if (fetched.kind === 'document' && sameBytes(fetched, validator)) {
          validators.set(request.path, fetched.validator);
          await fetched.remove();
        }
      }
      return questions.length > 0 && starts.every(({ path }) => early.get(path)?.kind === 'unchanged');
    },
    readAll: async () => {
      starts.forEach(ahead.add);
      for (let entry = await ahead.next(); entry !== null; entry = await ahead.next()) {
        const { request, fetched } = entry;
        try {
          if (fetched.kind === 'document') {
            if (starts.includes(request)) validators.set(request.path, fetched.validator);
            for await (const item of feed.read(fetched.document, context)) {
              signal.throwIfAborted();
              await receiver.take(item);
            }
          }
          documents += 1;
          progress('reading', ahead.known());
        } finally {
          await discard(fetched);
        }
      }
      assertUsable(feed, tally);
      if (feed.mode === 'snapshot' && options.force !== true && change !== 'other-namespaces')
        assertNotShrunk(feed, state, tally);
      // Documents behind the first ones are not asked for conditionally, so the first ones being the same proves nothing.
      if (feed.mode === 'snapshot' && ahead.known() > starts.length) validators.clear();
    },
    commit: async (outcome) => {
      progress('committing', ahead.known());
      signal.throwIfAborted();
      const unchanged = outcome === 'unchanged';
      const result = {
        watermark: receiver.watermark(),
        validators: new Map([
          ...(unchanged || feed.mode === 'delta' ? before : []),
          ...validators,
          contextValidator(asked),
        ]),
        syncedAt: context.now,
        faultCount: unchanged ? (state?.faultCount ?? 0) : tally.faults,
        faults: unchanged ? (state?.faults ?? []) : tally.faultsKept,
      };
      if (!unchanged) return receiver.commit(result);
      await (await store.write(feed.id, 'delta')).commit(result);
    },
    abandon: receiver.abandon,
    close: async () => {
      await ahead.close();
      for (const fetched of early.values()) await discard(fetched);
    },
    counts: () => ({
      feed: feed.id,
      documents,
      bytes,
      advisories: tally.advisories,
      facts: tally.facts,
      removed: tally.removed,
      faults: tally.faults,
    }),
  };
}

function sameBytes(fetched: Fetched, validator: Validator | null): boolean {
  if (fetched.kind === 'unchanged') return true;
  return fetched.kind === 'document' && fetched.validator.sha256 === validator?.sha256;
}

/** @throws FeedError `malformed` */
function assertNotShrunk(feed: Feed, state: FeedState | null, tally: Tally): void {
  const before = (state?.advisoryCount ?? 0) + (state?.factCount ?? 0);
  const after = tally.advisories + tally.facts;
  if (before === 0 || (after > 0 && (before <= SHRINK_COUNTS_FROM || after >= before * SHRINK_LIMIT))) return;
  throw new FeedError(
    'malformed',
    `${feed.id} has ${after} records where it had ${before}: what it had stays. ` +
      'If that is right, synchronise it with --force.',
  );
}
