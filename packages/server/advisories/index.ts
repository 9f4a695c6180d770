export { readFeedStates } from './feed-state.ts';
export { claimsOfKeys, factsOfSubjects, holds, namedNamespaces } from './reader.ts';
export { storableJson } from './rows.ts';
export { createAdvisoryStore } from './store.ts';
