import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseIcs } from './parse-ics.ts';
import { printIcs } from './print-ics.ts';

const RANGE = { startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2028, 0, 1) };
const around = (lines: string): string => `BEGIN:VCALENDAR\r\n${lines}END:VCALENDAR\r\n`;
const series = (count: number, rule: string): string =>
  around(
    Array.from(
      { length: count },
      (_, uid) =>
        `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTART:20100105T100000Z\r\nDURATION:PT1H\r\nRRULE:${rule}\r\nEND:VEVENT\r\n`,
    ).join(''),
  );

describe('a hostile file', () => {
  test.each([
    ['', 'it is no iCalendar file: it has no BEGIN:VCALENDAR'],
    ['<html>', 'it is no iCalendar file: it has no BEGIN:VCALENDAR'],
    ['BEGIN:VCALENDAR\r\n', 'BEGIN:VCALENDAR has no END'],
    ['END:VCALENDAR\r\n', 'END:VCALENDAR has no BEGIN'],
    [around('x'.repeat(4_000_000)), 'it is longer than 4000000 characters'],
    [around('BEGIN:VEVENT\r\n'.repeat(100_000)), 'its components are nested deeper than 4'],
    [around('BEGIN:VEVENT\r\nEND:VEVENT\r\n'.repeat(20_001)), 'it has more than 20000 components'],
    [series(2000, 'FREQ=DAILY'), 'it has more than 50000 events in this time'],
    [series(2000, 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'), 'its series are too long to be worked out'],
    [series(500, 'FREQ=DAILY;COUNT=9999'), 'its series are too long to be worked out'],
    [
      series(10_000, 'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-366;COUNT=20'),
      'its series are too long to be worked out',
    ],
  ])('is refused: %#', (text, problem) => {
    expect(parseIcs(text, RANGE, 'UTC')).toEqual({ ok: false, problem });
  });

  it('has a gap for a line with more parameters than anybody writes', () => {
    const text = around(`BEGIN:VEVENT\r\nDTSTART${';A=b'.repeat(300_000)}:20260105T100000Z\r\nEND:VEVENT\r\n`);
    expect(parseIcs(text, RANGE, 'UTC')).toMatchObject({
      events: [],
      gaps: [expect.stringMatching(/can not be read$/)],
    });
  });

  it('does not tell more gaps than anybody reads', () => {
    const parsed = parseIcs(around('BEGIN:VEVENT\r\nEND:VEVENT\r\n'.repeat(500)), RANGE, 'UTC');
    expect(parsed).toMatchObject({ ok: true, gaps: expect.objectContaining({ length: 101, 100: 'and 400 more' }) });
  });

  it('never breaks the parser, and events are always sorted and within the range', () => {
    const line = fc.tuple(
      fc.constantFrom(
        'DTSTART',
        'DTEND',
        'DURATION',
        'RRULE',
        'RDATE',
        'EXDATE',
        'UID',
        'RECURRENCE-ID',
        'TZID',
        'TZOFFSETTO',
        'BEGIN',
        'END',
        ' ',
      ),
      fc.constantFrom('', ';VALUE=DATE', ';VALUE=PERIOD', ';TZID=UTC', ';TZID=x', ';__proto__=1', ';"'),
      fc.constantFrom(
        '20260105',
        '20260105T100000Z',
        '20260105T100000',
        'PT1H',
        'P-1D',
        '20260105T100000Z/PT1H',
        'FREQ=DAILY',
        'FREQ=YEARLY;COUNT=2',
        'FREQ=MONTHLY;BYDAY=5MO;UNTIL=20270101',
        'VEVENT',
        'VTIMEZONE',
        'STANDARD',
        '+0100',
        '',
        '\u0000',
        '99999999T999999Z',
      ),
    );
    const text = fc
      .array(line.map((parts) => [parts[0] + parts[1], parts[2]].join(':')))
      .map((lines) => lines.join('\r\n'));
    const inEvent = text.map((lines) =>
      around(`BEGIN:VEVENT\r\nDTSTART:20260105T100000Z\r\n${lines}\r\nEND:VEVENT\r\n`),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), text, inEvent), (file) => {
        const parsed = parseIcs(file, RANGE, 'Europe/Berlin');
        if (!parsed.ok) return;
        parsed.events.forEach(({ startMs, endMs }, index) => {
          expect(startMs < endMs && startMs < RANGE.endMs && endMs > RANGE.startMs).toBe(true);
          expect(startMs).toBeLessThanOrEqual(parsed.events[index + 1]?.startMs ?? Infinity);
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a file of ours', () => {
  const seconds = fc.integer({ min: RANGE.startMs / 1000, max: RANGE.endMs / 1000 });
  const anyEvent = fc
    .record({
      start: seconds,
      length: fc.integer({ min: 1, max: 40 * 86_400 }),
      summary: fc.string({ unit: 'grapheme', maxLength: 90 }),
    })
    .map(({ start, length, summary }) => ({
      startMs: start * 1000,
      endMs: (start + length) * 1000,
      summary: summary.replace(/\p{Cc}+/gu, ' ').trim(),
    }))
    .filter(({ startMs }) => startMs < RANGE.endMs);

  it('is read as what was printed', () => {
    fc.assert(
      fc.property(fc.array(anyEvent), fc.string(), (events, name) => {
        const sorted = events.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
        expect(parseIcs(printIcs(name, sorted, RANGE.startMs), RANGE, 'UTC')).toEqual({
          ok: true,
          events: sorted,
          gaps: [],
        });
      }),
    );
  });

  it('has lines of 75 octets at most, each with CR and LF, and a UID for each event', () => {
    const twice = { startMs: RANGE.startMs, endMs: RANGE.startMs + 1, summary: `Größe; ${'🙂ä'.repeat(60)}` };
    const text = printIcs('Blackouts', [twice, twice], RANGE.startMs);
    const lines = text.split('\r\n');
    expect(lines.at(-1)).toBe('');
    expect(lines.every((line) => Buffer.byteLength(line) <= 75 && !line.includes('\n'))).toBe(true);
    expect(lines.filter((line) => line.startsWith('UID:'))).toEqual([
      'UID:20260101T000000Z-20260101T000001Z-1@thimble',
      'UID:20260101T000000Z-20260101T000001Z-2@thimble',
    ]);
  });
});
