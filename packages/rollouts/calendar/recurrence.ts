/** What words say about when something recurs; local dates, without time and zone. */
export type Recurrence =
  | { readonly kind: 'days'; readonly every: number }
  | { readonly kind: 'weeks'; readonly every: number; readonly days: readonly Weekday[] }
  | ({ readonly kind: 'weekdays-of-month'; readonly picks: readonly WeekdayPick[] } & MonthPart)
  /** Of Monday to Friday, as if there were nothing else: `last weekday`. */
  | ({ readonly kind: 'workdays-of-month'; readonly ordinals: readonly Ordinal[] } & MonthPart)
  | ({ readonly kind: 'dates-of-month'; readonly dates: readonly number[] } & MonthPart);

/** `every`: in each month, each second and so on; `months` 1 to 12, empty: all. */
export interface MonthPart {
  readonly every: number;
  readonly months: readonly number[];
  /** Days that are added to each date: `second Tuesday + 4 days`. */
  readonly shiftDays: number;
}

/** 0 is Monday, as in ISO 8601. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Counted in a month; -1 is the last. */
export type Ordinal = 1 | 2 | 3 | 4 | 5 | -1;

export interface WeekdayPick {
  readonly ordinal: Ordinal;
  readonly day: Weekday;
}

export const WEEKDAYS: readonly Weekday[] = [0, 1, 2, 3, 4, 5, 6];
/** RFC 5545 section 3.3.10, weekday. */
const CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** The same in the terms of RFC 5545 section 3.3.10; the days that are added are not part of it. */
export function toRrule(recurrence: Recurrence): string {
  switch (recurrence.kind) {
    case 'days':
      return rrule('DAILY', recurrence.every, []);
    case 'weeks':
      return rrule('WEEKLY', recurrence.every, [
        list(
          'BYDAY',
          recurrence.days.map((day) => CODES[day]),
        ),
      ]);
    case 'weekdays-of-month':
      return monthly(recurrence, [
        list(
          'BYDAY',
          recurrence.picks.map(({ ordinal, day }) => `${ordinal}${CODES[day]}`),
        ),
      ]);
    case 'workdays-of-month':
      return monthly(recurrence, [list('BYDAY', CODES.slice(0, 5)), list('BYSETPOS', recurrence.ordinals)]);
    case 'dates-of-month':
      return monthly(recurrence, [list('BYMONTHDAY', recurrence.dates)]);
  }
}

function monthly({ every, months }: MonthPart, parts: readonly string[]): string {
  return rrule('MONTHLY', every, months.length === 0 ? parts : [list('BYMONTH', months), ...parts]);
}

function rrule(frequency: string, every: number, parts: readonly string[]): string {
  return [`FREQ=${frequency}`, ...(every === 1 ? [] : [`INTERVAL=${every}`]), ...parts].join(';');
}

function list(name: string, values: readonly (string | number)[]): string {
  return `${name}=${values.join()}`;
}
