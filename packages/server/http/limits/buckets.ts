import type { Clock } from '../../context.ts';

/** Says whether a key may go on, or after how many seconds it may. */
export type Buckets = (key: string) => { readonly kind: 'go-on' } | { readonly kind: 'wait'; readonly seconds: number };

export interface BucketsOptions {
  /** Of each key: so many at once, and as many again in each minute. */
  readonly perMinute: number;
  readonly clock: Clock;
}

const MINUTE_MS = 60_000;
/** Some 10 MB of keys. Whoever makes up more of them is not held by their buckets, but by the one of the address. */
const KEYS_LIMIT = 50_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Token buckets, in memory: each replica holds back what reaches it. Keys are kept in the order in which they were used last; one
 * that has not been used for a minute is full again, and need not be known.
 */
export function createBuckets({ perMinute, clock }: BucketsOptions): Buckets {
  const buckets = new Map<string, Bucket>();
  return (key) => {
    const nowMs = clock().getTime();
    const before = buckets.get(key);
    const tokens = before === undefined ? perMinute : refilled(before, nowMs, perMinute);
    buckets.delete(key);
    buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: nowMs });
    forgetFull(buckets, nowMs);
    return tokens < 1
      ? { kind: 'wait', seconds: Math.ceil(((1 - tokens) * MINUTE_MS) / perMinute / 1000) }
      : { kind: 'go-on' };
  };
}

/** A clock that was set back gives nothing. */
function refilled({ tokens, atMs }: Bucket, nowMs: number, perMinute: number): number {
  return Math.min(perMinute, tokens + (Math.max(0, nowMs - atMs) * perMinute) / MINUTE_MS);
}

/** Two at a time, so that the map shrinks while one is added, and no request pays for all of it. */
function forgetFull(buckets: Map<string, Bucket>, nowMs: number): void {
  let looks = 2;
  for (const [key, { atMs }] of buckets) {
    if (looks === 0 || (nowMs - atMs < MINUTE_MS && buckets.size <= KEYS_LIMIT)) return;
    buckets.delete(key);
    looks -= 1;
  }
}
