export { expectedDurations } from './start/expected-durations.ts';
export { proposalsOf } from './proposals-of.ts';
