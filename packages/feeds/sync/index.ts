export { chooseFeeds, type FeedChoice, type FeedConfiguration } from './choose-feeds.ts';
export { syncFeed, type SyncOptions, type SyncProgress, type SyncResult } from './sync-feed.ts';
export { advisoryFault, factFault } from './valid-record.ts';
