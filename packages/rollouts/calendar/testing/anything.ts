import fc from 'fast-check';
import { WEEKDAYS, type MonthPart, type Ordinal, type Recurrence, type Weekday } from '../recurrence.ts';

/** Zones with everything that clocks do: changes of half an hour, at midnight, twice a year and more, a skipped day, odd offsets, none. */
export const ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/Johannesburg',
  'America/Anchorage',
  'America/Asuncion',
  'America/Caracas',
  'America/Havana',
  'America/New_York',
  'America/Nuuk',
  'America/Phoenix',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Vancouver',
  'Antarctica/Troll',
  'Asia/Amman',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Pyongyang',
  'Asia/Tehran',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Europe/Berlin',
  'Europe/Chisinau',
  'Europe/Dublin',
  'Europe/Istanbul',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Chatham',
  'UTC',
] as const;

export const anyZone = fc.constantFrom(...ZONES);

const ORDINALS: readonly Ordinal[] = [1, 2, 3, 4, 5, -1];
const anyOrdinals = fc.uniqueArray(fc.constantFrom(...ORDINALS), { minLength: 1, maxLength: 4 });
const anyMonths = fc
  .uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 4 })
  .map((months) => months.sort((a, b) => a - b));
const anyShift = fc.oneof(fc.constant(0), fc.integer({ min: -60, max: 60 }));
/** Months by name, or every so many of them. */
const anyMonthPart: fc.Arbitrary<MonthPart> = fc.oneof(
  fc.record({ every: fc.constant(1), months: anyMonths, shiftDays: anyShift }),
  fc.record({ every: fc.integer({ min: 1, max: 12 }), months: fc.constant([]), shiftDays: anyShift }),
);
const anyWeekdays = fc
  .uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 })
  .map((days) => days.sort((a, b) => a - b));
const anyPicks = fc.uniqueArray(
  fc.record({ ordinal: fc.constantFrom(...ORDINALS), day: fc.constantFrom<Weekday>(...WEEKDAYS) }),
  { minLength: 1, maxLength: 4, selector: ({ ordinal, day }) => `${ordinal} ${day}` },
);
const anyDates = fc.uniqueArray(fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constant(-1)), {
  minLength: 1,
  maxLength: 4,
});

/** Everything that words can say. */
export const anyRecurrence: fc.Arbitrary<Recurrence> = fc.oneof(
  fc.record({ kind: fc.constant('days' as const), every: fc.integer({ min: 1, max: 366 }) }),
  fc.record({ kind: fc.constant('weeks' as const), every: fc.integer({ min: 1, max: 52 }), days: anyWeekdays }),
  fc.tuple(anyMonthPart, anyPicks).map(([part, picks]) => ({ kind: 'weekdays-of-month', picks, ...part }) as const),
  fc
    .tuple(anyMonthPart, anyOrdinals)
    .map(([part, ordinals]) => ({ kind: 'workdays-of-month', ordinals, ...part }) as const),
  fc.tuple(anyMonthPart, anyDates).map(([part, dates]) => ({ kind: 'dates-of-month', dates, ...part }) as const),
);

const numbers = (most: number) =>
  fc
    .uniqueArray(fc.oneof(fc.integer({ min: 1, max: most }), fc.integer({ min: -most, max: -1 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map(String);
const days = fc.uniqueArray(fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), { minLength: 1, maxLength: 5 });
const numberedDays = fc.uniqueArray(
  fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, -1, -2), fc.constantFrom('MO', 'WE', 'SU')).map(([n, day]) => `${n}${day}`),
  { minLength: 1, maxLength: 3 },
);

/** Rules of RFC 5545, most of them right; the parser says which. */
export const anyRrule: fc.Arbitrary<string> = fc
  .record(
    {
      FREQ: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
      INTERVAL: fc.integer({ min: 1, max: 20 }).map(String),
      BYMONTH: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }).map(String),
      BYWEEKNO: numbers(53),
      BYYEARDAY: numbers(366),
      BYMONTHDAY: numbers(31),
      BYDAY: fc.oneof(days, numberedDays).map(String),
      BYSETPOS: numbers(5),
      WKST: fc.constantFrom('MO', 'SU'),
    },
    { requiredKeys: ['FREQ'] },
  )
  .map((parts) =>
    Object.entries(parts)
      .map((part) => part.join('='))
      .join(';'),
  );
