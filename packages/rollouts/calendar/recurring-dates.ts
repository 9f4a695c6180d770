import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';

/** Local dates as whole days since 1970-01-01. */
export type DayNumber = number;

const DAY_MS = 86_400_000;

/** The dates of a recurrence that are not before its first and within the two days, both included. No zone is needed for that. */
export function recurringDates(rrule: string, from: string, first: DayNumber, last: DayNumber): readonly DayNumber[] {
  return between(rrule, Date.parse(`${from}T00:00Z`), first * DAY_MS, last * DAY_MS).map((ms) => ms / DAY_MS);
}

/**
 * The same for times that a clock shows, written as the Unix milliseconds that they would be in UTC, and for rules that nobody has looked at.
 * null: it is no rule, or there are too many periods in which it has nothing.
 */
export function recurringTimes(
  rrule: string,
  startMs: number,
  firstMs: number,
  lastMs: number,
): readonly number[] | null {
  try {
    return between(rrule, startMs, firstMs, lastMs);
  } catch {
    return null;
  }
}

/** `2026-12-24` as a day number; null when there is no such date. */
export function dayOf(date: string): DayNumber | null {
  const ms = Date.parse(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(ms)) return null;
  return new Date(ms).toISOString().startsWith(date) ? ms / DAY_MS : null;
}

function between(rrule: string, startMs: number, firstMs: number, lastMs: number): readonly number[] {
  const dtstart = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO('UTC');
  const rule = new RRuleTemporal({ rruleString: rrule, dtstart });
  return rule.between(new Date(firstMs), new Date(lastMs), true).map((moment) => moment.epochMilliseconds);
}
