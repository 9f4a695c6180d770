const DAY_MS = 86_400_000;
/** A twentieth of a day: percentiles of millions of pairs need no list of them. */
const BUCKET_MS = DAY_MS / 20;

/** How long things took, in days. */
export interface Days {
  add(durationMs: number): void;
  remove(durationMs: number): void;
  /** The least number of days within which so many percent were done; null: nothing was. */
  percentile(percent: number): number | null;
}

export function createDays(): Days {
  const buckets = new Map<number, number>();
  let total = 0;
  const count = (durationMs: number, by: number): void => {
    const bucket = Math.ceil(Math.max(0, durationMs) / BUCKET_MS);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + by);
    total += by;
  };
  return {
    add: (durationMs) => count(durationMs, 1),
    remove: (durationMs) => count(durationMs, -1),
    percentile(percent) {
      if (total === 0) return null;
      let left = Math.ceil((total * percent) / 100);
      for (const [bucket, many] of [...buckets].sort(([a], [b]) => a - b)) {
        left -= many;
        if (left <= 0) return (bucket * BUCKET_MS) / DAY_MS;
      }
      return null;
    },
  };
}
