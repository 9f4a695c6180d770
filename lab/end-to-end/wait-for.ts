import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;
const DEADLINE_MS = 120_000;

export type WaitOptions = {
  readonly deadlineMs?: number;
  readonly pollMs?: number;
  /** What the world looks like, for the message when it does not come true. */
  readonly state?: () => Promise<string> | string;
};

/**
 * Waits until `attempt` gives something other than undefined or false. What it throws counts as `not yet`: a server that
 * was just killed refuses connections. Throws with the condition in words, the last error and the state at the deadline.
 */
export async function waitFor<T>(
  condition: string,
  attempt: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions = {},
): Promise<T> {
  const { deadlineMs = DEADLINE_MS, pollMs = POLL_MS, state } = options;
  const endMs = performance.now() + deadlineMs;
  let cause: unknown;
  do {
    try {
      const value = await attempt();
      if (value !== undefined && value !== false) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(pollMs);
  } while (performance.now() < endMs);
  const why = cause === undefined ? '' : `; last error: ${cause instanceof Error ? cause.message : String(cause)}`;
  const last = state === undefined ? '' : `\n${await Promise.resolve(state()).catch(String)}`;
  throw new Error(`waited ${Math.round(deadlineMs / 1000)} s in vain for: ${condition}${why}${last}`, { cause });
}
