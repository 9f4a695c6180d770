export { expectedDurations } from './start/expected-durations.ts';
