import { Temporal } from 'temporal-polyfill';
import { eraClock, type Era, type ZoneClock } from './eras.ts';

const DAY_MS = 86_400_000;
/** Asking Intl is slow: a zone's changes are asked for by so many years at once, in about 2 ms. */
const SPAN_MS = 4 * 366 * DAY_MS;
/** What is local in a span can be so far outside it in UTC, and the era before a gap belongs to it too. */
const MARGIN_MS = 3 * DAY_MS;

/** Throws RangeError for a zone that is not known; what it answers: see ZoneClock. */
export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  if (!isZone(zone)) throw new RangeError(`${zone} is no time zone that is known here`);
  const spans = new Map<number, ZoneClock>();
  const clock: ZoneClock = (localMs) => {
    const span = Math.floor(localMs / SPAN_MS);
    const found =
      spans.get(span) ?? eraClock(erasBetween(zone, span * SPAN_MS - MARGIN_MS, (span + 1) * SPAN_MS + MARGIN_MS));
    spans.set(span, found);
    return found(localMs);
  };
  clocks.set(zone, clock);
  return clock;
}

/** Whether this is the name of a zone of the IANA database that this machine knows. Offsets like `+02:00` are no zones. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  if (clocks.has(name)) return true;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** What is known of zones never changes while a process runs, and there are a few hundred of them. */
const clocks = new Map<string, ZoneClock>();

function erasBetween(zone: string, fromMs: number, untilMs: number): readonly Era[] {
  const eras: Era[] = [];
  let moment = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone);
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
