export { computeDuePriorities, titleOf } from './compute-priorities.ts';
export { type VulnerabilityFacts, factsOf } from './facts.ts';
export { bestScore, priorityOf } from './priority-of.ts';
