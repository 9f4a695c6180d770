import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';

/** Local dates as whole days since 1970-01-01. */
export type DayNumber = number;

const DAY_MS = 86_400_000;

/** The dates of a recurrence that are not before its first and within the two days, both included. No zone is needed for that. */
export function recurringDates(rrule: string, from: string, first: DayNumber, last: DayNumber): readonly DayNumber[] {
  const rule = new RRuleTemporal({ rruleString: rrule, dtstart: Temporal.ZonedDateTime.from(`${from}T00:00[UTC]`) });
  return rule
    .between(new Date(first * DAY_MS), new Date(last * DAY_MS), true)
    .map((date) => date.epochMilliseconds / DAY_MS);
}

/** `2026-12-24` as a day number; null when there is no such date. */
export function dayOf(date: string): DayNumber | null {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && new Date(ms).toISOString().startsWith(date) ? ms / DAY_MS : null;
}
