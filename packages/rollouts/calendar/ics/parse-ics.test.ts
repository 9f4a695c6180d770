import { describe, expect, it, test } from 'vitest';
import { parseIcs } from './parse-ics.ts';

const RANGE = { startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2027, 0, 1) };

const calendar = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: readonly string[]): readonly string[] => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];

/** `start/end`, as short as ISO 8601 allows. */
function times(text: string, zone = 'Europe/Berlin'): readonly string[] {
  const parsed = parseIcs(text, RANGE, zone);
  if (!parsed.ok) return [parsed.problem];
  const short = (ms: number) => new Date(ms).toISOString().slice(5, 16);
  return [...parsed.events.map(({ startMs, endMs }) => `${short(startMs)}/${short(endMs)}`), ...parsed.gaps];
}

/** Outlook's own name for a zone that IANA calls Europe/Berlin, with its rules. */
const OUTLOOK_ZONE = [
  'BEGIN:VTIMEZONE',
  'TZID:W. Europe Standard Time',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];
const DAILY = ['UID:1', 'DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3'];

describe('an event', () => {
  test.each<readonly [what: string, lines: readonly string[], expected: readonly string[]]>([
    ['in UTC', event('DTSTART:20260105T100000Z', 'DTEND:20260105T113000Z'), ['01-05T10:00/01-05T11:30']],
    [
      'in a zone',
      event('DTSTART;TZID=America/New_York:20260705T100000', 'DURATION:PT30M'),
      ['07-05T14:00/07-05T14:30'],
    ],
    [
      'without a zone is where the question is',
      event('DTSTART:20260705T100000', 'DURATION:PT30M'),
      ['07-05T08:00/07-05T08:30'],
    ],
    ['of a whole day is a local day, however long', event('DTSTART;VALUE=DATE:20260329'), ['03-28T23:00/03-29T22:00']],
    ['of two days', event('DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261227'), ['12-24T23:00/12-26T23:00']],
    [
      'of a nominal day over a change of clocks',
      event('DTSTART:20260328T120000', 'DURATION:P1D'),
      ['03-28T11:00/03-29T10:00'],
    ],
    [
      'in a zone that the file describes',
      [...OUTLOOK_ZONE, ...event('DTSTART;TZID=W. Europe Standard Time:20260329T100000', 'DURATION:PT1H')],
      ['03-29T08:00/03-29T09:00'],
    ],
    ['that takes no time is none', event('DTSTART:20260105T100000Z'), []],
    ['that is cancelled is none', event('DTSTART;VALUE=DATE:20260329', 'STATUS:CANCELLED'), []],
    ['that leaves people free is none', event('DTSTART;VALUE=DATE:20260329', 'TRANSP:TRANSPARENT'), []],
    ['of a file that takes events back is none', ['METHOD:CANCEL', ...event('DTSTART;VALUE=DATE:20260329')], []],
    ['outside the range is none', event('DTSTART:20250105T100000Z', 'DURATION:PT1H'), []],
    [
      'that reaches into the range counts',
      event('DTSTART:20251231T230000Z', 'DURATION:PT2H'),
      ['12-31T23:00/01-01T01:00'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(times(calendar(...lines))).toEqual(expected);
  });

  it('has the title that it says, without control characters, and not endless', () => {
    const text = calendar(
      ...event('DTSTART:20260105T100000Z', 'DURATION:PT1H', `SUMMARY:Freeze\\, all\\nof ${'x'.repeat(500)}`),
    );
    const parsed = parseIcs(text, RANGE, 'UTC');
    expect(parsed).toMatchObject({ events: [{ summary: `Freeze, all of ${'x'.repeat(185)}` }] });
  });
});

describe('a series', () => {
  test.each<readonly [what: string, lines: readonly string[], expected: readonly string[]]>([
    ['with COUNT', event(...DAILY), ['01-05T10:00/01-05T11:00', '01-06T10:00/01-06T11:00', '01-07T10:00/01-07T11:00']],
    ['with EXDATE', event(...DAILY, 'EXDATE:20260106T100000Z'), ['01-05T10:00/01-05T11:00', '01-07T10:00/01-07T11:00']],
    [
      'with a date as EXDATE',
      event(...DAILY, 'EXDATE;VALUE=DATE:20260106'),
      ['01-05T10:00/01-05T11:00', '01-07T10:00/01-07T11:00'],
    ],
    [
      'with RDATE',
      event(
        'DTSTART:20260105T100000Z',
        'DURATION:PT1H',
        'RDATE:20260205T100000Z',
        'RDATE;VALUE=PERIOD:20260305T100000Z/PT5M',
      ),
      ['01-05T10:00/01-05T11:00', '02-05T10:00/02-05T11:00', '03-05T10:00/03-05T10:05'],
    ],
    [
      'keeps its local time over a change of clocks',
      event('DTSTART;TZID=Europe/Berlin:20260328T100000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=2'),
      ['03-28T09:00/03-28T10:00', '03-29T08:00/03-29T09:00'],
    ],
    [
      'ends with UNTIL, which is in UTC',
      event(
        'DTSTART;TZID=America/New_York:20260105T220000',
        'DURATION:PT1H',
        'RRULE:FREQ=DAILY;UNTIL=20260107T030000Z',
      ),
      ['01-06T03:00/01-06T04:00', '01-07T03:00/01-07T04:00'],
    ],
    [
      'of days ends with a date, included',
      event('DTSTART;VALUE=DATE:20260105', 'RRULE:FREQ=WEEKLY;UNTIL=20260112'),
      ['01-04T23:00/01-05T23:00', '01-11T23:00/01-12T23:00'],
    ],
    [
      'of which one was moved and one cancelled',
      [
        ...event(...DAILY),
        ...event('UID:1', 'RECURRENCE-ID:20260106T100000Z', 'DTSTART:20260106T150000Z', 'DURATION:PT1H'),
        ...event('UID:1', 'RECURRENCE-ID:20260107T100000Z', 'DTSTART:20260107T100000Z', 'STATUS:CANCELLED'),
      ],
      ['01-05T10:00/01-05T11:00', '01-06T15:00/01-06T16:00'],
    ],
    [
      'that began long ago',
      event('DTSTART:19990101T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=YEARLY'),
      ['01-01T10:00/01-01T11:00'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(times(calendar(...lines))).toEqual(expected);
  });
});

describe('what is not understood is a gap, and the rest counts', () => {
  const good = event('DTSTART:20260105T100000Z', 'DURATION:PT1H');
  test.each<readonly [lines: readonly string[], gap: string]>([
    [
      ['DTSTART;TZID=Mars/Olympus:20260105T100000', 'DURATION:PT1H'],
      'event without a title: nobody knows its time zone `Mars/Olympus`',
    ],
    [['SUMMARY:Freeze'], 'event number 1: it needs one DTSTART'],
    [['DTSTART:20261399T100000Z'], 'event number 1: `20261399T100000Z` is no date or time'],
    [['DTSTART:20260105T100000Z', 'DTEND:20260105T090000Z'], 'event without a title: it ends before it starts'],
    [
      ['DTSTART:20260105T100000Z', 'DTEND;VALUE=DATE:20260106'],
      'event number 1: one of its start and end is a date, the other a time',
    ],
    [['DTSTART:20260105T100000Z', 'DURATION:PT99999999H'], 'event without a title: it is longer than 10 years'],
    [['DTSTART:20260105T100000Z', 'DURATION:-PT1H'], 'event number 1: its DURATION is no length'],
    [
      ['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=WOBBLY'],
      'event number 1: the line `RRULE:FREQ=WOBBLY` can not be read',
    ],
    [
      ['SUMMARY:Often', 'DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=SECONDLY'],
      'event `Often`: its rule `FREQ=SECONDLY` is none that is understood here',
    ],
    [
      ['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;BYHOUR=1,2,3'],
      'event without a title: its rule `FREQ=DAILY;BYHOUR=1,2,3` is none that is understood here',
    ],
    [
      ['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;UNTIL=soon'],
      'event without a title: its UNTIL `SOON` is no date or time',
    ],
    [
      ['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'EXRULE:FREQ=DAILY'],
      'event number 1: it has an EXRULE, which RFC 5545 took away',
    ],
  ])('%j', (lines, gap) => {
    expect(times(calendar(...event(...lines), ...good))).toEqual(['01-05T10:00/01-05T11:00', gap]);
  });

  it('in the description of a zone too', () => {
    const zone = OUTLOOK_ZONE.map((line) => line.replace('TZOFFSETTO:+0200', 'TZOFFSETTO:summer'));
    const lines = event('DTSTART;TZID=W. Europe Standard Time:20260329T100000', 'DURATION:PT1H');
    expect(times(calendar(...zone, ...lines))).toEqual([
      'event without a title: its time zone is described in a way that can not be read',
    ]);
  });
});
