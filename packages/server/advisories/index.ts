export { claimsOfKeys, factsOfSubjects, holds } from './reader.ts';
export { createAdvisoryStore } from './store.ts';
