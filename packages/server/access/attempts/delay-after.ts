/** How often somebody may be wrong before they have to wait, and for how long then. */
export interface AttemptPolicy {
  /** Failures that cost nothing. */
  readonly free: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

const MINUTE_MS = 60_000;

/**
 * Of one login, from all browsers that its person never signed in with; of one such known browser; and of one address,
 * behind which a whole office may sit.
 */
export const LOGIN_POLICY: AttemptPolicy = { free: 5, firstDelayMs: MINUTE_MS, longestDelayMs: 15 * MINUTE_MS };
export const BROWSER_POLICY: AttemptPolicy = { free: 10, firstDelayMs: MINUTE_MS, longestDelayMs: 15 * MINUTE_MS };
export const ADDRESS_POLICY: AttemptPolicy = { free: 20, firstDelayMs: MINUTE_MS, longestDelayMs: 60 * MINUTE_MS };

/** After this long without a failure the counting begins anew. */
export const FORGET_AFTER_MS = 24 * 60 * MINUTE_MS;

/** Doubles with each failure past the free ones. The wait ends by itself, so nobody can lock an account for good. */
export function delayAfterMs(failures: number, { free, firstDelayMs, longestDelayMs }: AttemptPolicy): number {
  if (failures < free) return 0;
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - free, 30));
}
