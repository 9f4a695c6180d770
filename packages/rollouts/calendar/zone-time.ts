import { Temporal } from 'temporal-polyfill';

/** Local wall-clock time of a zone, written as the Unix milliseconds that it would be in UTC, to a moment. */
export type ZoneClock = (localMs: number) => number | null;

/** A stretch of time in which a zone keeps one offset from UTC. */
interface Era {
  readonly startMs: number;
  readonly endMs: number;
  readonly offsetMs: number;
}

const DAY_MS = 86_400_000;
/** Zones change seldom, and asking Intl is slow: a zone's changes over these years are asked for once, in about 10 ms. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2060;

/**
 * The moment at which a clock in the zone shows a local time. In an overlap the first of both; in a gap the first moment after it,
 * because a window that opens an hour late is better than none. null: the whole local day does not exist (Samoa, 30 December 2011).
 * Throws RangeError for a zone that is not known.
 */
export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const eras = erasOf(zone);
  const clock: ZoneClock = (localMs) => {
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
  clocks.set(zone, clock);
  return clock;
}

/** Whether this is the name of a zone of the IANA database that this machine knows. Offsets like `+02:00` are no zones. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** What is known of zones never changes while a process runs; there are a few hundred of them. */
const clocks = new Map<string, ZoneClock>();

function erasOf(zone: string): readonly Era[] {
  if (!isZone(zone)) throw new RangeError(`${zone} is no time zone that is known here`);
  const untilMs = Date.UTC(LAST_YEAR, 0, 1);
  const eras: Era[] = [];
  let moment = Temporal.Instant.fromEpochMilliseconds(Date.UTC(FIRST_YEAR, 0, 1)).toZonedDateTimeISO(zone);
  let startMs = -Infinity;
  for (;;) {
    const next = moment.getTimeZoneTransition('next');
    const offsetMs = moment.offsetNanoseconds / 1_000_000;
    if (next === null || next.epochMilliseconds >= untilMs) return [...eras, { startMs, endMs: Infinity, offsetMs }];
    eras.push({ startMs, endMs: next.epochMilliseconds, offsetMs });
    startMs = next.epochMilliseconds;
    moment = next;
  }
}
