import { describe, expect, it, test } from 'vitest';
import { parseRecurrence } from './parse-recurrence.ts';
import { ruleInWords } from './rule-in-words.ts';

const NIGHT = {
  name: 'night',
  on: 'second Tuesday + 4 days',
  at: '22:00',
  lasts: '4h',
  timeZone: 'Europe/Berlin',
} as const;

const REFUSED: readonly (readonly [document: object, path: string, message: RegExp])[] = [
  [{ on: undefined }, 'on', /^when it recurs is missing/],
  [{ rrule: 'FREQ=DAILY' }, 'rrule', /^write either `on` or `rrule`/],
  [{ on: 'secnd Tuesday' }, 'on', /^`secnd` is no ordinal/],
  [{ on: '30th of February' }, 'on', /no date in the nine years from 2024-01-01$/],
  [{ from: '2026-02-30' }, 'from', /^`2026-02-30` is no date/],
  [{ from: '2026-13-40' }, 'from', /is no date/],
  [{ from: '9999-01-01' }, 'from', /is no date/],
  [{ at: '24:00' }, 'at', /^`24:00` is no time/],
  [{ timeZone: 'Europe/Berln' }, 'timeZone', /is no known time zone/],
  [{ timeZone: '+02:00' }, 'timeZone', /is no known time zone/],
  [{ lasts: '4' }, 'lasts', /is no length/],
  [{ lasts: '0h' }, 'lasts', /never open/],
  [{ lasts: '5w' }, 'lasts', /31 days long at most/],
  [{ except: ['2026-12-24', '24.12.2026'] }, 'except[1]', /^`24.12.2026` is no date/],
];

const RRULES_REFUSED: readonly (readonly [rrule: string, message: RegExp])[] = [
  ['', /^`` is no part of a rule/],
  ['BYDAY=MO', /^FREQ is missing/],
  ['FREQ=HOURLY', /^FREQ=HOURLY is not for windows/],
  ['FREQ=SOMETIMES', /is not of the form/],
  ['FREQ=DAILY;COUNT=3', /^COUNT is not for windows: after the last, nothing would be patched/],
  ['FREQ=DAILY;UNTIL=20270101', /^UNTIL is not for windows/],
  ['FREQ=DAILY;BYHOUR=3', /write the time as `at`$/],
  ['FREQ=DAILY;INTERVAL=0', /is not of the form/],
  ['FREQ=DAILY;INTERVAL=400', /^INTERVAL can be up to 366, not 400$/],
  ['FREQ=DAILY;FREQ=DAILY', /^FREQ is written twice$/],
  ['FREQ=DAILY;BYDAY=2MO', /^numbered BYDAY is for FREQ=MONTHLY and FREQ=YEARLY only$/],
  ['FREQ=WEEKLY;BYMONTHDAY=1', /^BYMONTHDAY is for/],
  ['FREQ=MONTHLY;BYDAY=MO,2TU', /^days with and without a number/],
  ['FREQ=MONTHLY;BYDAY=2TU;BYMONTHDAY=13', /^numbered BYDAY and BYMONTHDAY can not stand together/],
  ['FREQ=YEARLY;BYWEEKNO=20', /^BYWEEKNO needs the day of the week/],
  ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;INTERVAL=2', /^BYWEEKNO and INTERVAL/],
  ['FREQ=MONTHLY;BYSETPOS=1', /^BYSETPOS chooses among the days/],
  ['FREQ=MONTHLY;BYMONTHDAY=32', /^BYMONTHDAY can be up to 31, not 32$/],
  ['FREQ=MONTHLY;RSCALE=HEBREW', /^`RSCALE` is no part of a rule/],
  ['FREQ=MONTHLY;__PROTO__=1', /^`__PROTO__` is no part of a rule/],
  ['FREQ=MONTHLY', /only the first date could say; add BYDAY or BYMONTHDAY, or write `from`$/],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', /no date in the nine years/],
];

describe('when something recurs', () => {
  it('is a rule with nothing left open', () => {
    expect(parseRecurrence(NIGHT)).toEqual({
      ok: true,
      rule: {
        name: 'night',
        words: 'second Tuesday + 4 days',
        rrule: 'FREQ=MONTHLY;BYDAY=2TU',
        shiftDays: 4,
        from: '2024-01-01',
        at: '22:00',
        durationMs: 4 * 3_600_000,
        timeZone: 'Europe/Berlin',
        except: [],
      },
    });
  });

  it('is each midnight where the endpoint is when nothing more is said', () => {
    expect(parseRecurrence({ name: 'start', on: 'every day' })).toMatchObject({
      rule: { at: '00:00', durationMs: 0, timeZone: 'endpoint' },
    });
  });

  it.each(REFUSED)('is refused with %j', (part, path, message) => {
    const problem = { path, message: expect.stringMatching(message) };
    expect(parseRecurrence({ ...NIGHT, ...part })).toEqual({ ok: false, problem });
  });

  it.each(RRULES_REFUSED)('is refused as %s', (rrule, message) => {
    const problem = { path: 'rrule', message: expect.stringMatching(message) };
    expect(parseRecurrence({ name: 'night', rrule })).toEqual({ ok: false, problem });
  });

  it.each(['FREQ=MONTHLY;BYDAY=-1SA', 'rrule:freq=yearly;byweekno=20;byday=mo', 'FREQ=YEARLY;BYYEARDAY=-1;INTERVAL=2'])(
    'is taken as %s',
    (rrule) => {
      expect(parseRecurrence({ name: 'night', rrule })).toMatchObject({ ok: true });
    },
  );

  it('has the day of its first date when the rule leaves that open', () => {
    expect(parseRecurrence({ name: 'night', rrule: 'FREQ=MONTHLY', from: '2026-03-17' })).toMatchObject({ ok: true });
  });
});

describe('a rule in words', () => {
  const inWords = (part: object): string => {
    const parsed = parseRecurrence({ ...NIGHT, ...part });
    return parsed.ok ? ruleInWords(parsed.rule) : parsed.problem.message;
  };

  test.each([
    [{}, 'second Tuesday + 4 days at 22:00 for 4 h, Europe/Berlin'],
    [
      { on: 'MON AND TUE', lasts: '90m', timeZone: 'endpoint' },
      'every Monday and Tuesday at 22:00 for 1 h 30 min, local time of the endpoint',
    ],
    [
      { lasts: '2d', except: ['2026-12-12'] },
      'second Tuesday + 4 days at 22:00 for 2 d, Europe/Berlin, but not on 2026-12-12',
    ],
    [
      {
        on: undefined,
        rrule: 'freq=monthly;byday=-1sa',
        lasts: undefined,
        except: ['2026-01-31', '2026-02-28', '2026-03-28', '2026-04-25'],
      },
      'FREQ=MONTHLY;BYDAY=-1SA at 22:00, Europe/Berlin, but not on 2026-01-31, 2026-02-28, 2026-03-28 and 1 more',
    ],
  ])('%j', (part, words) => {
    expect(inWords(part)).toBe(words);
  });
});
