export type { AdvisoryReader, AdvisoryStore, FeedState, FeedWriter, Validator } from './store.ts';
