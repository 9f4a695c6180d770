import type { Host } from './host.ts';

const UNSEEN_MS = 5_000;

/**
 * How long somebody has waited who looks again and again: the time since it was made, told at each look. Clocks are set, and machines sleep
 * (a lid that is closed during an installation must not end it), so that what passed between two looks counts up to a bound.
 */
export function createStopwatch(host: Pick<Host, 'now'>, unseenMs = UNSEEN_MS): () => number {
  let elapsedMs = 0;
  let lookedAtMs = host.now().getTime();
  return () => {
    const nowMs = host.now().getTime();
    elapsedMs += Math.min(Math.max(0, nowMs - lookedAtMs), unseenMs);
    lookedAtMs = nowMs;
    return elapsedMs;
  };
}
