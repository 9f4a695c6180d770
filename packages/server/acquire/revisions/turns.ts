const HOUR_MS = 3_600_000;
/** After a first fault; twice as long after each further one in a row, until the usual interval. */
const FIRST_RETRY_MS = 5 * 60_000;
/** So that not all servers of the world ask at the same minute. */
const JITTER = 0.1;

/**
 * When a repository is looked at again.
 *
 * @param faults in a row; 0: it was found good
 * @param chance from 0 to 1
 */
export function nextTurn(now: Date, intervalHours: number, faults: number, chance: number): Date {
  const usualMs = intervalHours * HOUR_MS;
  // Beyond 2^20 the usual interval is the shorter one anyway.
  const waitMs = faults === 0 ? usualMs : Math.min(usualMs, FIRST_RETRY_MS * 2 ** Math.min(faults - 1, 20));
  return new Date(now.getTime() + waitMs * (1 + JITTER * chance));
}
