export { documentFromFile } from './documents/index.ts';
export type { AdvisoryReader, AdvisoryStore, FeedState, FeedWriter, Validator } from './store.ts';
