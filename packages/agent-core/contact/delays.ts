/** Pure: `random` is in [0, 1). */

/** Check-ins of a fleet must not march in step. */
const JITTER = 0.1;
const BASE_BACKOFF_MS = 2000;
const MIN_BACKOFF_MS = 250;
/** An endpoint is never silent for longer on its own account. */
export const MAX_BACKOFF_MS = 5 * 60_000;

export function jittered(durationMs: number, random: number): number {
  return Math.round(durationMs * (1 - JITTER + 2 * JITTER * random));
}

/** Exponential with full jitter; `failures` counts from 1. The server's own `Retry-After` is the least. */
export function backOff(failures: number, retryAfterMs: number | null, random: number): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, BASE_BACKOFF_MS * 2 ** Math.min(failures - 1, 20));
  const delayMs = Math.max(MIN_BACKOFF_MS, Math.round(ceiling * random));
  return retryAfterMs === null ? delayMs : Math.max(delayMs, Math.round(retryAfterMs * (1 + JITTER * random)));
}
