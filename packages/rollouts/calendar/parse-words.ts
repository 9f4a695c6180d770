import { WEEKDAYS, type Recurrence, type Weekday } from './recurrence.ts';
import { monthDays } from './parse-month-days.ts';
import { count, ordinalNumber, ordinalWord, separated, weekday, WordProblem, WordReader, wordsOf } from './words.ts';

export type ParsedWords =
  | { readonly ok: true; readonly recurrence: Recurrence }
  | { readonly ok: false; readonly message: string };

const EXAMPLES =
  '`every Wednesday`, `Mon, Wed and Fri`, `every 2 weeks on Friday`, `second Tuesday + 4 days` or `15th`';

/** A recurrence in the words that people use. Never guesses: what can mean two things is refused, and the message says what to write. */
export function parseWords(text: string): ParsedWords {
  try {
    const reader = new WordReader(wordsOf(text));
    if (reader.peek() === '') throw new WordProblem(`nothing is written; write for example ${EXAMPLES}`);
    const recurrence = read(reader);
    if (reader.peek() !== '') throw new WordProblem(`\`${reader.written()}\` has no meaning after the rest`);
    return { ok: true, recurrence };
  } catch (error) {
    if (error instanceof WordProblem) return { ok: false, message: error.message };
    throw error;
  }
}

function read(reader: WordReader): Recurrence {
  reader.take('on');
  if (reader.take('daily', 'nightly') !== null) return { kind: 'days', every: 1 };
  if (reader.take('weekly') !== null) return weekly(reader, 1);
  if (reader.take('fortnightly') !== null) return weekly(reader, 2);
  if (reader.take('monthly') !== null) return monthly(reader, 1);
  if (reader.take('weekdays') !== null) return workdays(1);
  if (reader.take('weekends') !== null) return { kind: 'weeks', every: 1, days: [5, 6] };
  if (reader.take('every', 'each') !== null) return every(reader);
  if (weekday(reader.peek()) === null) return monthDays(reader, 1);
  const days = weekdays(reader);
  return reader.take('after') === null ? { kind: 'weeks', every: 1, days } : after(reader, days);
}

function every(reader: WordReader): Recurrence {
  if (reader.take('day', 'night') !== null) return { kind: 'days', every: 1 };
  if (reader.take('weekday') !== null) return workdays(1);
  if (reader.take('weekend') !== null) return { kind: 'weeks', every: 1, days: [5, 6] };
  if (reader.take('week') !== null) return weekly(reader, 1);
  if (reader.take('month') !== null) return monthly(reader, 1);
  if (weekday(reader.peek()) !== null) return { kind: 'weeks', every: 1, days: weekdays(reader) };
  const times = reader.take('other') === null ? reader.read(count) : 2;
  if (times === 2 && weekday(reader.peek()) !== null) return { kind: 'weeks', every: 2, days: weekdays(reader) };
  if (times !== null) return everySo(reader, times);
  refuseEverySecond(reader);
  return monthDays(reader, 1);
}

function everySo(reader: WordReader, times: number): Recurrence {
  if (reader.take('day', 'days') !== null) return { kind: 'days', every: within(times, 366, 'days') };
  if (reader.take('week', 'weeks') !== null) return weekly(reader, within(times, 52, 'weeks'));
  if (reader.take('month', 'months') !== null) return monthly(reader, within(times, 12, 'months'));
  throw new WordProblem(`every ${times} of what is missing; write days, weeks or months after the number`);
}

/** Half of the people mean every two weeks by it, the others each month. */
function refuseEverySecond(reader: WordReader): void {
  const times = ordinalWord(reader.peek()) ?? ordinalNumber(reader.peek());
  if (times === null || times < 2 || weekday(reader.peek(1)) === null || ['of', 'in'].includes(reader.peek(2))) return;
  const word = reader.written();
  const day = reader.written(1);
  throw new WordProblem(
    `\`every ${word} ${day}\` can mean two things; write \`${word} ${day} of every month\` or \`every ${times} weeks on ${day}\``,
  );
}

function weekly(reader: WordReader, times: number): Recurrence {
  if (reader.take('on') === null || weekday(reader.peek()) === null) {
    if (reader.take('weekdays') !== null) return workdays(times);
    throw new WordProblem('the day of the week is missing; write for example `every 2 weeks on Friday`');
  }
  return { kind: 'weeks', every: times, days: weekdays(reader) };
}

function monthly(reader: WordReader, times: number): Recurrence {
  if (reader.take('on') === null)
    throw new WordProblem('the day of the month is missing; write for example `every 2 months on last Saturday`');
  return monthDays(reader, times);
}

function workdays(times: number): Recurrence {
  return { kind: 'weeks', every: times, days: [0, 1, 2, 3, 4] };
}

/** `Mon, Wed and Fri`, `Monday to Thursday`; in the order of the week. */
function weekdays(reader: WordReader): readonly Weekday[] {
  const days = new Set<Weekday>();
  do {
    const first = reader.read(weekday);
    if (first === null) throw new WordProblem(`${reader.quoted()} is no day; write Monday to Sunday`);
    days.add(first);
    if (reader.take('to', 'through', '-', '–') === null) continue;
    const last = reader.read(weekday);
    if (last === null) throw new WordProblem(`${reader.quoted()} is no day; write for example \`Monday to Thursday\``);
    for (const day of weekFrom(first, last)) days.add(day);
  } while (separated(reader));
  return [...days].sort((a, b) => a - b);
}

/** `Saturday after the second Tuesday`: the same as so many days added. */
function after(reader: WordReader, days: readonly Weekday[]): Recurrence {
  const base = monthDays(reader, 1);
  const [day, another] = days;
  const pick = base.kind === 'weekdays-of-month' && base.picks.length === 1 ? base.picks[0] : undefined;
  if (
    day === undefined ||
    another !== undefined ||
    pick === undefined ||
    base.kind !== 'weekdays-of-month' ||
    base.shiftDays !== 0
  )
    throw new WordProblem('`after` takes one day and one to start from: `Saturday after the second Tuesday`');
  return { ...base, shiftDays: (day - pick.day + 7) % 7 || 7 };
}

function within(times: number, most: number, unit: string): number {
  if (times < 1 || times > most) throw new WordProblem(`every ${times} ${unit} is out of bounds; write 1 to ${most}`);
  return times;
}

/** Friday to Monday goes over the end of the week. */
function weekFrom(first: Weekday, last: Weekday): readonly Weekday[] {
  return WEEKDAYS.filter((day) => (first <= last ? day >= first && day <= last : day >= first || day <= last));
}
