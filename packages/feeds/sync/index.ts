export { chooseFeeds, type FeedChoice, type FeedConfiguration } from './choose-feeds.ts';
export { askedNamespaces } from './last-context.ts';
export { createFetchAhead, discard } from './fetch-ahead.ts';
export { syncFeed, type SyncOptions, type SyncProgress, type SyncResult } from './sync-feed.ts';
export { checkAdvisory, checkFact, type Checked } from './valid-record.ts';
