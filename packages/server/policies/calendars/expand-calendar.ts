import { type Interval, type ParsedIcs, parseIcs } from '@thimble/rollouts';

const DAY_MS = 86_400_000;
/** Calendars remembered, each for some days: planners ask for the same range again and again, and a hostile file takes two seconds. */
const REMEMBERED = 64;

const known = new Map<string, ParsedIcs>();

/**
 * What of a calendar overlaps a range. The same text has the same events in it, so it is read once a day.
 *
 * @param sha256 of the text
 * @param zone IANA, of events that state none
 */
export function expandCalendar(ics: string, sha256: string, zone: string, range: Interval): ParsedIcs {
  const days = {
    startMs: Math.floor(range.startMs / DAY_MS) * DAY_MS,
    endMs: Math.ceil(range.endMs / DAY_MS) * DAY_MS,
  };
  const key = `${sha256} ${zone} ${days.startMs} ${days.endMs}`;
  const calendar = known.get(key) ?? parseIcs(ics, days, zone);
  // Those that were asked for last are at the end, and stay.
  known.delete(key);
  known.set(key, calendar);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
  if (!calendar.ok) return calendar;
  const events = calendar.events.filter(({ startMs, endMs }) => endMs > range.startMs && startMs < range.endMs);
  return { ...calendar, events };
}
