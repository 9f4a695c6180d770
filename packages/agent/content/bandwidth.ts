import type { Clock } from '../clock.ts';

/** Lets so many bytes pass a second, over all streams together. */
export interface Bandwidth {
  /** Resolves when these bytes may go on, or as soon as the signal fires. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
}

/** Less would be the same as nothing: an order that never ends. */
const SLOWEST_BYTES_PER_SECOND = 1024;
/** What may pass at once after a pause, so that small files do not wait. */
const BURST_MS = 250;

/** @param bytesPerSecond null: no limit */
export function createBandwidth(bytesPerSecond: number | null, clock: Clock): Bandwidth {
  if (bytesPerSecond === null) return { take: () => Promise.resolve() };
  const bytesPerMs = Math.max(SLOWEST_BYTES_PER_SECOND, bytesPerSecond) / 1000;
  let paidUntilMs = Number.NEGATIVE_INFINITY;
  return {
    async take(bytes, signal) {
      const nowMs = clock.monotonic();
      paidUntilMs = Math.max(paidUntilMs, nowMs - BURST_MS) + bytes / bytesPerMs;
      if (paidUntilMs > nowMs) await clock.sleep(paidUntilMs - nowMs, signal);
    },
  };
}
