export { type ClaimIndex, createClaimIndex } from './claim-index.ts';
export {
  type BundledFeed,
  BundleError,
  type BundleErrorCode,
  type BundleManifest,
  exportBundle,
  type ExportOptions,
  importBundle,
  type ImportedFeed,
  type ImportOptions,
  type ImportResult,
} from './bundle/index.ts';
export { documentFromFile } from './documents/index.ts';
export { baseAddress, createFetcher, type Fetched, type Fetcher, type FetcherSettings } from './fetch/index.ts';
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
  askedNamespaces,
  chooseFeeds,
  type FeedChoice,
  type FeedConfiguration,
  syncFeed,
  type SyncOptions,
  type SyncProgress,
  type SyncResult,
} from './sync/index.ts';
export {
  type FilledFeed,
  fillMirror,
  type FillOptions,
  type MirrorServer,
  serveMirror,
  type ServeOptions,
} from './mirror/index.ts';
