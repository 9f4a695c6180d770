export { type Client, createClient, type RunAction, type VexFormat } from './client.ts';
export { ConnectionError, ProblemError } from './client-error.ts';
export { fetchPinnedCa, normaliseFingerprint } from './pinned-ca.ts';
export type { Target } from './target.ts';
export type { RolloutDecision } from './rollout-calls.ts';
