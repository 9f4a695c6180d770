/** A stretch of time in which a zone keeps one offset from UTC. */
export interface Era {
  readonly startMs: number;
  readonly endMs: number;
  readonly offsetMs: number;
}

/**
 * The moment at which a clock of a zone shows a local time, which is written as the Unix milliseconds that it would be in UTC. In an
 * overlap it is the first of both; in a gap the first moment after it, because a window that opens an hour late is better than none.
 * null: the whole local day does not exist (Samoa, 30 December 2011).
 */
export type ZoneClock = (localMs: number) => number | null;

const DAY_MS = 86_400_000;

/** The clock of a zone that had these eras, one after another; at least one. */
export function eraClock(eras: readonly Era[]): ZoneClock {
  return (localMs) => {
    let low = 0;
    let high = eras.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const era = eras[middle];
      if (era !== undefined && localMs >= era.endMs + era.offsetMs) low = middle + 1;
      else high = middle;
    }
    const era = eras[low];
    if (era === undefined) return null;
    if (localMs >= era.startMs + era.offsetMs) return localMs - era.offsetMs;
    const before = eras[low - 1];
    return before !== undefined && era.offsetMs - before.offsetMs >= DAY_MS ? null : era.startMs;
  };
}
