/** Tries per minute: from one address, and from all together. A person needs one. */
const PER_ADDRESS = 10;
const PER_SERVER = 100;
const WINDOW_MS = 60_000;

export interface AttemptLimit {
  /** Counts a try and says whether it may go on. */
  readonly allow: (address: string) => boolean;
  readonly retryAfterSeconds: number;
}

/** Counts in fixed windows of a minute; the map is emptied with each, so its size is bounded by PER_SERVER. */
export function createAttemptLimit(clock: () => Date): AttemptLimit {
  const counts = new Map<string, number>();
  let total = 0;
  let windowStart = 0;
  return {
    retryAfterSeconds: WINDOW_MS / 1000,
    allow: (address) => {
      const now = clock().getTime();
      if (now - windowStart >= WINDOW_MS || now < windowStart) {
        counts.clear();
        total = 0;
        windowStart = now;
      }
      const count = (counts.get(address) ?? 0) + 1;
      if (total >= PER_SERVER || count > PER_ADDRESS) return false;
      total += 1;
      counts.set(address, count);
      return true;
    },
  };
}
