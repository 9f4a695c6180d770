import type { MonthPart, Ordinal, Recurrence, Weekday, WeekdayPick } from './recurrence.ts';
import { inSequence, MONTHS, ORDINALS, WEEKDAY_NAMES } from './names.ts';

/** The words that mean a recurrence; `parseWords` reads them back as the same. */
export function recurrenceInWords(recurrence: Recurrence): string {
  switch (recurrence.kind) {
    case 'days':
      return recurrence.every === 1 ? 'every day' : `every ${recurrence.every} days`;
    case 'weeks':
      return recurrence.every === 1
        ? everyWeek(recurrence.days)
        : `every ${recurrence.every} weeks on ${inSequence(recurrence.days.map(nameOf))}`;
    case 'weekdays-of-month':
      return ofMonths(recurrence, inSequence(picked(recurrence.picks)));
    case 'workdays-of-month':
      return ofMonths(recurrence, `${inSequence(recurrence.ordinals.map(ordinalOf))} weekday`);
    case 'dates-of-month':
      return ofMonths(recurrence, inSequence(recurrence.dates.map(dateOf)));
  }
}

function everyWeek(days: readonly Weekday[]): string {
  if (days.join() === '0,1,2,3,4') return 'weekdays';
  if (days.join() === '5,6') return 'weekends';
  return `every ${inSequence(days.map(nameOf))}`;
}

/** Picks of the same day share its name: `first and third Sunday`. */
function picked(picks: readonly WeekdayPick[]): readonly string[] {
  return picks.map(({ ordinal, day }, index) =>
    picks[index + 1]?.day === day ? ordinalOf(ordinal) : `${ordinalOf(ordinal)} ${nameOf(day)}`,
  );
}

function ofMonths({ every, months, shiftDays }: MonthPart, days: string): string {
  const before = every === 1 ? '' : `every ${every} months on `;
  const of = months.length === 0 ? '' : ` of ${inSequence(months.map((month) => MONTHS[month - 1] ?? ''))}`;
  const size = Math.abs(shiftDays);
  const shift = size === 0 ? '' : ` ${shiftDays > 0 ? '+' : '-'} ${size} ${size === 1 ? 'day' : 'days'}`;
  return `${before}${days}${of}${shift}`;
}

function dateOf(date: number): string {
  if (date === -1) return 'last day';
  const tail = date % 10;
  const ending = date > 10 && date < 14 ? 'th' : tail === 1 ? 'st' : tail === 2 ? 'nd' : tail === 3 ? 'rd' : 'th';
  return `${date}${ending}`;
}

function nameOf(day: Weekday): string {
  return WEEKDAY_NAMES[day];
}

function ordinalOf(ordinal: Ordinal): string {
  return ordinal === -1 ? 'last' : (ORDINALS[ordinal - 1] ?? '');
}
