import type { Feed, FeedContext, FeedRequest } from '@thimble/advisories';
import type { Fetched } from '../fetch/index.ts';
import type { FeedState, Validator } from '../store.ts';
import { askForNews, type News } from './ask-for-news.ts';
import { createFetchAhead, discard } from './fetch-ahead.ts';
import { compareContext, contextValidator, wantedNamespaces } from './last-context.ts';
import { createReceiver } from './receive.ts';
import type { SyncCounts, SyncOptions, SyncProgress } from './sync-feed.ts';
import { createTally, type Tally } from './tally.ts';

/** The steps of one synchronisation, in their order. */
export interface SyncRun {
  readonly tally: Tally;
  /** Other than the last time: fewer records are no wonder. */
  readonly asksForOtherNamespaces: boolean;
  /** Whether upstream has nothing new. What was fetched to find out is kept for reading. */
  readonly isUnchanged: () => Promise<boolean>;
  readonly commitUnchanged: () => Promise<void>;
  readonly readAll: () => Promise<void>;
  readonly commit: () => Promise<void>;
  readonly abandon: () => Promise<void>;
  readonly close: () => Promise<void>;
  readonly counts: () => SyncCounts;
}

export function createSyncRun(feed: Feed, options: SyncOptions, state: FeedState | null): SyncRun {
  const { now, signal, store } = options;
  const { context, before, asked, asksForOtherNamespaces } = beginning(options, state, now());
  const tally = createTally();
  const meter = createMeter(feed.id, tally, options);
  const fetch = (request: FeedRequest, validator: Validator | null): Promise<Fetched> =>
    options.fetcher.fetch(feed, request, { validator, signal, onBytes: meter.bytes });
  const starts = feed.start(context);
  const validators = new Map<string, Validator>();
  let news: News | null = null;
  /** Paths of documents that stand in for one that is absent. */
  const standIns = new Set<string>();
  const ahead = createFetchAhead(feed.id, async (request) => {
    const known = news?.answers.get(request.path);
    news?.answers.delete(request.path);
    // In a snapshot also what has not changed has to be read, since something else has.
    if (known !== undefined && (known.kind !== 'unchanged' || feed.mode === 'delta')) return known;
    const isAskedAgain = feed.mode === 'delta' && standIns.has(request.path);
    return fetch(request, isAskedAgain ? (before.get(request.path) ?? null) : null);
  });
  const { watermark } = context;
  const receiver = createReceiver({ feed, mode: feed.mode, store, watermark, tally, onRequest: ahead.add });
  const read = async (request: FeedRequest, fetched: Fetched): Promise<void> => {
    if (fetched.kind === 'absent' && request.otherwise !== undefined) {
      standIns.add(request.otherwise.path);
      ahead.add(request.otherwise);
    }
    if (fetched.kind !== 'document') return;
    if (starts.includes(request) || standIns.has(request.path)) validators.set(request.path, fetched.validator);
    for await (const item of feed.read(fetched.document, context)) {
      signal.throwIfAborted();
      await receiver.take(item);
    }
  };
  const result = (faults: Pick<FeedState, 'faultCount' | 'faults'>, kept: ReadonlyMap<string, Validator>) => ({
    watermark: receiver.watermark(),
    validators: new Map([...kept, ...validators, contextValidator(asked)]),
    syncedAt: context.now,
    ...faults,
  });

  return {
    tally,
    asksForOtherNamespaces,
    isUnchanged: async () => {
      news = await askForNews(starts, before, fetch);
      for (const [path, validator] of news.validators) validators.set(path, validator);
      return news.unchanged;
    },
    commitUnchanged: async () => {
      const { faultCount = 0, faults = [] } = state ?? {};
      await (await store.write(feed.id, 'delta')).commit(result({ faultCount, faults }, before));
    },
    readAll: async () => {
      starts.forEach(ahead.add);
      for (let entry = await ahead.next(); entry !== null; entry = await ahead.next()) {
        try {
          await read(entry.request, entry.fetched);
        } finally {
          await discard(entry.fetched);
        }
        meter.document(ahead.known());
      }
      // Documents behind the first ones are not asked for conditionally, so the first ones being the same proves nothing.
      if (feed.mode === 'snapshot' && ahead.known() > starts.length) validators.clear();
    },
    commit: async () => {
      meter.committing();
      signal.throwIfAborted();
      const faults = { faultCount: tally.faults, faults: tally.faultsKept };
      await receiver.commit(result(faults, feed.mode === 'delta' ? before : new Map()));
    },
    abandon: receiver.abandon,
    close: async () => {
      await ahead.close();
      for (const fetched of news?.answers.values() ?? []) await discard(fetched);
    },
    counts: meter.counts,
  };
}

/** What is asked, and what of the last time can be built on. */
function beginning(options: SyncOptions, state: FeedState | null, now: Date) {
  const namespaces = wantedNamespaces(state, options.namespaces, options.force === true);
  const asked = { namespaces, reader: options.reader };
  const change = compareContext(state, asked);
  const asksForOtherNamespaces = change === 'other-namespaces';
  const trusted = change === 'same' && options.force !== true;
  const context: FeedContext = {
    // A watermark is of what was asked for then, and as it was read then: else a feed has to begin anew.
    watermark: trusted ? (state?.watermark ?? null) : null,
    now,
    namespaces,
  };
  const before: ReadonlyMap<string, Validator> = trusted && state !== null ? state.validators : new Map();
  return { asked, asksForOtherNamespaces, context, before };
}

function createMeter(feed: string, tally: Tally, { onProgress = () => undefined }: SyncOptions) {
  let documents = 0;
  let known = 0;
  let bytes = 0;
  const show = (phase: SyncProgress['phase']): void =>
    onProgress({
      feed,
      phase,
      documentsRead: documents,
      documentsKnown: known,
      bytes,
      records: tally.advisories + tally.facts,
    });
  return {
    bytes: (count: number): void => {
      bytes += count;
      show('fetching');
    },
    document: (documentsKnown: number): void => {
      documents += 1;
      known = documentsKnown;
      show('reading');
    },
    committing: (): void => show('committing'),
    counts: (): SyncCounts => ({
      feed,
      documents,
      bytes,
      advisories: tally.advisories,
      facts: tally.facts,
      removed: tally.removed,
      faults: tally.faults,
    }),
  };
}
