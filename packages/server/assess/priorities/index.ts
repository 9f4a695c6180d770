export { computeDuePriorities, titleOf } from './compute-priorities.ts';
export { type VulnerabilityFacts, factsOf } from './facts.ts';
export { type Asset, type StoredPriority, bestScore, priorityFor, priorityOf } from './priority-of.ts';
