export { documentFromFile } from './documents/index.ts';
export { createFetcher, type Fetched, type Fetcher, type FetcherSettings } from './fetch/index.ts';
export { freshnessOf, type FreshnessFacts, STALE_AFTER_INTERVALS } from './freshness.ts';
export { type LocalAdvisories, openAdvisories } from './sqlite/index.ts';
export { AdvisoryStoreError, type AdvisoryStoreErrorCode } from './store-error.ts';
export type {
  AdvisoryReader,
  AdvisoryRecords,
  AdvisoryStore,
  FeedRecord,
  FeedState,
  FeedWriter,
  ReadOptions,
  Validator,
} from './store.ts';
export {
  chooseFeeds,
  type FeedChoice,
  type FeedConfiguration,
  syncFeed,
  type SyncOptions,
  type SyncProgress,
  type SyncResult,
} from './sync/index.ts';
