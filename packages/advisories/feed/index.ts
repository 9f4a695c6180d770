export { FeedError, type FeedErrorCode } from './feed-error.ts';
export type { ArchivePacking, Feed, FeedContext, FeedDocument, FeedEntry, FeedItem, FeedRequest } from './feed.ts';
