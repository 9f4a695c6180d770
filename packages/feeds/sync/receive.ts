import type { Advisory, Fact, Feed, FeedItem, FeedRequest } from '@thimble/advisories';
import type { AdvisoryStore, FeedWriter } from '../store.ts';
import { BATCH_RECORDS } from './limits.ts';
import { assertPlausible, countFault, type Tally } from './tally.ts';
import { checkAdvisory, checkFact } from './valid-record.ts';

/** Takes a feed's items into a store, in batches. */
export interface Receiver {
  /** @throws FeedError; what the store throws */
  readonly take: (item: FeedItem) => Promise<void>;
  /** @throws what the store throws */
  readonly commit: (result: Parameters<FeedWriter['commit']>[0]) => Promise<void>;
  readonly abandon: () => Promise<void>;
  readonly watermark: () => string | null;
}

export interface ReceiverOptions {
  readonly feed: Feed;
  readonly mode: Feed['mode'];
  readonly store: AdvisoryStore;
  readonly watermark: string | null;
  readonly tally: Tally;
  readonly onRequest: (request: FeedRequest) => void;
}

/** The store is not written to before there is a record: while documents are awaited others can write. */
export function createReceiver({ feed, mode, store, tally, onRequest, ...options }: ReceiverOptions): Receiver {
  let { watermark } = options;
  let writer: FeedWriter | null = null;
  const advisories: Advisory[] = [];
  const facts: Fact[] = [];
  const removed: string[] = [];
  const flush = async (): Promise<FeedWriter> => {
    writer ??= await store.write(feed.id, mode);
    // In this order: what is removed was written before, what is written again comes in a later batch.
    await writer.advisories(advisories.splice(0));
    await writer.facts(facts.splice(0));
    await writer.remove(removed.splice(0));
    return writer;
  };
  const fault = (record: string, reason: string): void => countFault(tally, record, reason);
  const put = async (item: FeedItem): Promise<void> => {
    switch (item.kind) {
      case 'advisory': {
        const { fault: wrong } = checkAdvisory(item.advisory, feed.id);
        if (wrong !== null) return fault(String(item.advisory.id), wrong);
        // A record that is removed and written again is to be there.
        if (removed.length > 0) await flush();
        tally.advisories += 1;
        advisories.push(item.advisory);
        return;
      }
      case 'fact': {
        const { fault: wrong } = checkFact(item.fact, feed.id);
        if (wrong !== null) return fault(String(item.fact.provenance.record), wrong);
        tally.facts += 1;
        facts.push(item.fact);
        return;
      }
      case 'removed':
        tally.removed += 1;
        removed.push(item.id);
        return;
      case 'fault':
        return fault(item.record, item.reason);
      case 'request':
        return onRequest(item.request);
      case 'watermark':
        watermark = item.value;
        return;
    }
  };
  return {
    take: async (item) => {
      await put(item);
      assertPlausible(feed, tally);
      if (advisories.length + facts.length + removed.length >= BATCH_RECORDS) await flush();
    },
    commit: async (result) => {
      await (await flush()).commit(result);
      writer = null;
    },
    abandon: async () => {
      await writer?.abandon();
    },
    watermark: () => watermark,
  };
}
