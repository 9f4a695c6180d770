/** Lets bytes pass at a limited pace. */
export interface Bandwidth {
  /** Resolves when so many bytes, which were received already, are paid for. Rejects with the signal's reason. */
  readonly pay: (bytes: number, signal: AbortSignal) => Promise<void>;
}

export type Wait = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** Bytes that may come at once after a pause, as time at the limit: without it the pace would be below the limit. */
const BURST_MS = 250;

/**
 * A token bucket for all transfers together. They pay afterwards, in their order, so that a large piece delays all alike.
 *
 * @param bytesPerSecond null: no limit
 * @param now milliseconds of a clock that does not jump
 */
export function createBandwidth(bytesPerSecond: number | null, now: () => number, wait: Wait): Bandwidth {
  if (bytesPerSecond === null) return { pay: async () => undefined };
  let paidUntil = -Infinity;
  return {
    pay: async (bytes, signal) => {
      const moment = now();
      paidUntil = Math.max(paidUntil, moment - BURST_MS) + (bytes / bytesPerSecond) * 1000;
      if (paidUntil > moment) await wait(paidUntil - moment, signal);
    },
  };
}
