import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseWords } from './parse-words.ts';
import { toRrule } from './recurrence.ts';
import { recurrenceInWords } from './recurrence-in-words.ts';
import { anyRecurrence } from './testing/anything.ts';

/** What is written, how it is printed, and what it means. */
const WORDS: readonly (readonly [written: string, printed: string, rrule: string])[] = [
  ['every day', 'every day', 'FREQ=DAILY'],
  ['Daily', 'every day', 'FREQ=DAILY'],
  ['nightly', 'every day', 'FREQ=DAILY'],
  ['every 3 days', 'every 3 days', 'FREQ=DAILY;INTERVAL=3'],
  ['every other day', 'every 2 days', 'FREQ=DAILY;INTERVAL=2'],
  ['weekdays', 'weekdays', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
  ['every weekday', 'weekdays', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
  ['Monday to Friday', 'weekdays', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
  ['weekends', 'weekends', 'FREQ=WEEKLY;BYDAY=SA,SU'],
  ['Mon, Wed and Fri', 'every Monday, Wednesday and Friday', 'FREQ=WEEKLY;BYDAY=MO,WE,FR'],
  ['on FRIDAYS', 'every Friday', 'FREQ=WEEKLY;BYDAY=FR'],
  ['every Wednesday', 'every Wednesday', 'FREQ=WEEKLY;BYDAY=WE'],
  ['each Tues & Thurs', 'every Tuesday and Thursday', 'FREQ=WEEKLY;BYDAY=TU,TH'],
  ['Fri-Mon', 'every Monday, Friday, Saturday and Sunday', 'FREQ=WEEKLY;BYDAY=MO,FR,SA,SU'],
  ['weekly on Saturday', 'every Saturday', 'FREQ=WEEKLY;BYDAY=SA'],
  ['every 2 weeks on Friday', 'every 2 weeks on Friday', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR'],
  ['every two weeks on Friday', 'every 2 weeks on Friday', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR'],
  ['every other Friday', 'every 2 weeks on Friday', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR'],
  ['fortnightly on Sunday', 'every 2 weeks on Sunday', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU'],
  ['second Tuesday', 'second Tuesday', 'FREQ=MONTHLY;BYDAY=2TU'],
  ['2nd Tue of the month', 'second Tuesday', 'FREQ=MONTHLY;BYDAY=2TU'],
  ['every second Tuesday of every month', 'second Tuesday', 'FREQ=MONTHLY;BYDAY=2TU'],
  ['second Tuesday + 4 days', 'second Tuesday + 4 days', 'FREQ=MONTHLY;BYDAY=2TU'],
  ['Saturday after the second Tuesday', 'second Tuesday + 4 days', 'FREQ=MONTHLY;BYDAY=2TU'],
  ['second Tuesday plus one week', 'second Tuesday + 7 days', 'FREQ=MONTHLY;BYDAY=2TU'],
  ['first Monday - 1 day', 'first Monday - 1 day', 'FREQ=MONTHLY;BYDAY=1MO'],
  ['Last Saturday', 'last Saturday', 'FREQ=MONTHLY;BYDAY=-1SA'],
  ['first and third Sunday', 'first and third Sunday', 'FREQ=MONTHLY;BYDAY=1SU,3SU'],
  ['first Monday and third Wednesday', 'first Monday and third Wednesday', 'FREQ=MONTHLY;BYDAY=1MO,3WE'],
  ['last weekday', 'last weekday', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'],
  ['last day', 'last day', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
  ['first day of the month', '1st', 'FREQ=MONTHLY;BYMONTHDAY=1'],
  ['the 15th', '15th', 'FREQ=MONTHLY;BYMONTHDAY=15'],
  ['1st and 15th', '1st and 15th', 'FREQ=MONTHLY;BYMONTHDAY=1,15'],
  ['1st and last day', '1st and last day', 'FREQ=MONTHLY;BYMONTHDAY=1,-1'],
  ['every 2 months on the 22nd', 'every 2 months on 22nd', 'FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=22'],
  [
    'first Sunday of January, April, July and October',
    'first Sunday of January, April, July and October',
    'FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1SU',
  ],
  [
    'first Sunday of every quarter',
    'first Sunday of January, April, July and October',
    'FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1SU',
  ],
  [
    'last Sunday of the quarter',
    'last Sunday of March, June, September and December',
    'FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1SU',
  ],
  ['3rd of Sept', '3rd of September', 'FREQ=MONTHLY;BYMONTH=9;BYMONTHDAY=3'],
];

/** What is not understood, and what the message must say about it. */
const REFUSED: readonly (readonly [written: string, message: RegExp])[] = [
  ['', /^nothing is written; write for example `every Wednesday`/],
  ['secnd Tuesday', /^`secnd` is no ordinal; write first, second, third, fourth, fifth or last, or a date like 15th$/],
  ['first Tusday', /^`Tusday` is no day; write Monday to Sunday, day or weekday after `first`$/],
  ['third', /^`third` of what is missing/],
  ['last of January', /^`last` of what is missing/],
  ['every second Tuesday', /two things; write `second Tuesday of every month` or `every 2 weeks on Tuesday`$/],
  ['every 3rd Sunday', /two things; write `3rd Sunday of every month` or `every 3 weeks on Sunday`$/],
  ['every 2', /^every 2 of what is missing/],
  ['every 0 days', /out of bounds; write 1 to 366$/],
  ['every 53 weeks on Monday', /out of bounds; write 1 to 52$/],
  ['every week', /^the day of the week is missing/],
  ['every month', /^the day of the month is missing/],
  ['weekly on 15th', /^the day of the week is missing/],
  ['first Monday and Wednesday', /^`Wednesday` needs an ordinal/],
  ['first Monday and 15th', /can not be mixed; write a window for each$/],
  ['15th Friday', /^a month has no 15th of a weekday/],
  ['first Sunday of Janury', /^`Janury` is no month/],
  ['first and last Sunday of the quarter', /different months/],
  ['every 2 months on first Sunday of May', /can not be mixed; name the months$/],
  ['second Tuesday + many days', /^`\+ many` is no number of days/],
  ['second Tuesday + 9 weeks', /^63 days are too many to add/],
  ['Saturday and Sunday after the second Tuesday', /^`after` takes one day/],
  ['Saturday after the 15th', /^`after` takes one day/],
  ['second Tuesday at 22:00', /^`:` has no meaning here$/],
  ['Tuesday Wednesday', /^`Wednesday` has no meaning after the rest$/],
  ['Mo', /^`Mo` is no ordinal/],
  ['Monday,', /^the end is no day; write Monday to Sunday$/],
  ['first Sunday of', /^the end is no month/],
  ['0th', /^`0th` is no ordinal/],
  ['32nd', /^`32nd` is no ordinal/],
  ['🙂', /has no meaning here$/],
];

describe('words', () => {
  it.each(WORDS)('%s: %s', (written, printed, rrule) => {
    const parsed = parseWords(written);
    expect(parsed).toMatchObject({ ok: true });
    if (!parsed.ok) return;
    expect([recurrenceInWords(parsed.recurrence), toRrule(parsed.recurrence)]).toEqual([printed, rrule]);
  });

  it.each(REFUSED)('%s is refused', (written, message) => {
    expect(parseWords(written)).toEqual({ ok: false, message: expect.stringMatching(message) });
  });

  test('that are printed are read as the same', () => {
    fc.assert(
      fc.property(anyRecurrence, (recurrence) => {
        expect(parseWords(recurrenceInWords(recurrence))).toEqual({ ok: true, recurrence });
      }),
    );
  });

  test('mean the same in capitals', () => {
    fc.assert(
      fc.property(anyRecurrence, (recurrence) => {
        expect(parseWords(recurrenceInWords(recurrence).toUpperCase())).toEqual({ ok: true, recurrence });
      }),
    );
  });

  test('of any kind are read or refused with a message, and never in pieces', () => {
    const word = fc.constantFrom(
      'every',
      'second',
      'last',
      '15th',
      '2',
      'week',
      'Tuesday',
      'day',
      'of',
      'and',
      ',',
      '+',
      'May',
      'x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          const parsed = parseWords(text);
          if (!parsed.ok) expect(parsed.message).not.toBe('');
          else expect(parseWords(recurrenceInWords(parsed.recurrence))).toEqual(parsed);
        },
      ),
    );
  });
});
