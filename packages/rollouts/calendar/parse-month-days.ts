import { MONTHS } from './names.ts';
import type { MonthPart, Ordinal, Recurrence, WeekdayPick } from './recurrence.ts';
import { count, month, ordinalNumber, ordinalWord, separated, weekday, WordProblem, type WordReader } from './words.ts';

/** `first and third Sunday of January + 2 days`, `last weekday`, `1st and 15th`, `last day`. */
export function monthDays(reader: WordReader, every: number): Recurrence {
  const { picks, workdays, dates } = daysOf(reader);
  if ([picks, workdays, dates].filter(({ length }) => length > 0).length > 1)
    throw new WordProblem('days of the week, weekdays and dates can not be mixed; write a window for each');
  const counted = [...picks.map(({ ordinal }) => ordinal), ...workdays, ...dates];
  const part: MonthPart = { every, months: monthsOf(reader, counted, every), shiftDays: shiftOf(reader) };
  if (picks.length > 0) return { kind: 'weekdays-of-month', picks, ...part };
  if (workdays.length > 0) return { kind: 'workdays-of-month', ordinals: [...new Set(workdays)], ...part };
  return { kind: 'dates-of-month', dates: [...new Set(dates)], ...part };
}

/** An ordinal whose day is not read yet. */
interface Pending {
  readonly word: string;
  readonly value: number;
}

/** Ordinals share the day that comes next: `first and third Sunday`. */
function daysOf(reader: WordReader): { picks: WeekdayPick[]; workdays: Ordinal[]; dates: number[] } {
  const days: ReturnType<typeof daysOf> = { picks: [], workdays: [], dates: [] };
  let pending: readonly Pending[] = [];
  do {
    pending = [...pending, ordinal(reader)];
    const day = reader.read(weekday);
    if (day !== null) days.picks.push(...pending.map((which) => ({ ordinal: inMonth(which), day })));
    else if (reader.take('weekday', 'workday') !== null) days.workdays.push(...pending.map(inMonth));
    else if (reader.take('day') !== null) days.dates.push(...pending.map(({ value }) => value));
    else continue;
    pending = [];
  } while (separated(reader));
  for (const { word, value } of pending) {
    if (ordinalNumber(word.toLowerCase()) === null) throw new WordProblem(noDay(word, reader.written()));
    days.dates.push(value);
  }
  return days;
}

function ordinal(reader: WordReader): Pending {
  const word = reader.written();
  const value = reader.read(ordinalWord) ?? reader.read(ordinalNumber);
  if (value !== null) return { word, value };
  if (word === '') throw new WordProblem('something is missing at the end; write for example `first and third Sunday`');
  throw new WordProblem(
    weekday(reader.peek()) === null
      ? `\`${word}\` is no ordinal; write first, second, third, fourth, fifth or last, or a date like 15th`
      : `\`${word}\` needs an ordinal before it here; write for example \`last ${word}\``,
  );
}

function inMonth({ word, value }: Pending): Ordinal {
  if (value === -1 || value === 1 || value === 2 || value === 3 || value === 4 || value === 5) return value;
  throw new WordProblem(`a month has no ${word} of a weekday; write first, second, third, fourth, fifth or last`);
}

function noDay(ordinalBefore: string, word: string): string {
  return ['', 'of', 'in', '+', '-'].includes(word.toLowerCase())
    ? `\`${ordinalBefore}\` of what is missing; write a day after it, for example \`${ordinalBefore} Sunday\``
    : `\`${word}\` is no day; write Monday to Sunday, day or weekday after \`${ordinalBefore}\``;
}

/** `of the month`, `in January and July`, `of every quarter`; empty: all months. */
function monthsOf(reader: WordReader, counted: readonly number[], every: number): readonly number[] {
  if (reader.take('of', 'in') === null) return [];
  reader.take('every', 'each');
  if (reader.take('month') !== null) return [];
  const months = reader.take('quarter') === null ? listed(reader) : quarterly(counted);
  if (every === 1) return months;
  throw new WordProblem(`every ${every} months and months by name can not be mixed; name the months`);
}

function listed(reader: WordReader): readonly number[] {
  const months = new Set<number>();
  do {
    const value = reader.read(month);
    if (value === null) throw new WordProblem(`${reader.quoted()} is no month; write January to December`);
    months.add(value);
  } while (separated(reader));
  return MONTHS.map((_, index) => index + 1).filter((value) => months.has(value));
}

/** The first Sunday of a quarter is in its first month, the last in its last. */
function quarterly(counted: readonly number[]): readonly number[] {
  if (counted.every((value) => value === -1)) return [3, 6, 9, 12];
  if (counted.every((value) => value > 0)) return [1, 4, 7, 10];
  throw new WordProblem('first and last of a quarter are in different months; write a window for each');
}

/** Days that are added or taken off; with more, another rule is nearer. */
const MOST_SHIFT_DAYS = 60;

function shiftOf(reader: WordReader): number {
  const sign = reader.take('+', '-', '–', 'plus', 'minus');
  if (sign === null) return 0;
  const word = reader.written();
  const size = reader.read(count);
  const unit = reader.take('day', 'days', 'week', 'weeks');
  if (size === null || unit === null)
    throw new WordProblem(`\`${sign} ${word}\` is no number of days; write for example \`+ 4 days\``);
  const days = unit.startsWith('week') ? size * 7 : size;
  if (days > MOST_SHIFT_DAYS) throw new WordProblem(`${days} days are too many to add; ${MOST_SHIFT_DAYS} is the most`);
  return sign === '+' || sign === 'plus' ? days : 0 - days;
}
