import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createCalendarCache, occurrences } from './calendar-cache.ts';
import { intersect } from './intervals.ts';
import { toRrule } from './recurrence.ts';
import { anyRecurrence, anyZone } from './testing/anything.ts';
import type { Interval, WindowRule } from './window-rule.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAILY: WindowRule = {
  name: 'night',
  words: 'every day',
  rrule: 'FREQ=DAILY',
  shiftDays: 0,
  from: '2010-01-01',
  at: '02:30',
  durationMs: 2 * HOUR,
  timeZone: 'endpoint',
  except: [],
};

const iso = (ms: number): string => new Date(ms).toISOString();
const on = (date: string, days = 1): Interval => ({
  startMs: Date.parse(`${date}T00:00Z`),
  endMs: Date.parse(`${date}T00:00Z`) + days * DAY,
});
const starts = (rule: WindowRule, zone: string, range: Interval): readonly string[] =>
  occurrences(rule, zone, range).map(({ startMs }) => iso(startMs));

const anyRule: fc.Arbitrary<WindowRule> = fc
  .record({
    recurrence: anyRecurrence,
    minutes: fc.nat(1439),
    hours: fc.integer({ min: 1, max: 80 }),
    zone: fc.oneof(anyZone, fc.constant('endpoint')),
  })
  .map(({ recurrence, minutes, hours, zone }) => ({
    ...DAILY,
    rrule: toRrule(recurrence),
    shiftDays: 'shiftDays' in recurrence ? recurrence.shiftDays : 0,
    at: `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`,
    durationMs: hours * HOUR,
    timeZone: zone,
  }));
const anyRange = fc
  .tuple(fc.integer({ min: Date.UTC(2011, 0), max: Date.UTC(2030, 0) }), fc.integer({ min: 1, max: 120 * DAY }))
  .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs }));

describe('windows where clocks change', () => {
  it.each([
    ['one that begins in a gap begins after it', 'Europe/Berlin', '2026-03-29', ['2026-03-29T01:00:00.000Z']],
    [
      'one that begins in an overlap begins in the first of both',
      'Europe/Berlin',
      '2026-10-25',
      ['2026-10-25T00:30:00.000Z'],
    ],
    ['a gap of half an hour is one too', 'Australia/Lord_Howe', '2026-10-03', ['2026-10-03T15:30:00.000Z']],
    ['a gap of two hours', 'Antarctica/Troll', '2026-03-29', ['2026-03-29T01:00:00.000Z']],
    ['a gap near midnight is the local date its own', 'America/Sao_Paulo', '2018-11-04', ['2018-11-04T04:30:00.000Z']],
    ['winter time that is the exception', 'Europe/Dublin', '2026-03-29', ['2026-03-29T01:30:00.000Z']],
  ])('%s: %s', (_, zone, date, expected) => {
    expect(starts(DAILY, zone, { startMs: on(date).startMs, endMs: on(date).startMs + 20 * HOUR })).toEqual(expected);
  });

  it('a day that a zone leaves out has none', () => {
    const range = { startMs: Date.UTC(2011, 11, 28, 12), endMs: Date.UTC(2012, 0, 1) };
    // UTC-10 until 29 December, UTC+14 from 31 December on.
    expect(starts(DAILY, 'Pacific/Apia', range)).toEqual([
      '2011-12-28T12:30:00.000Z',
      '2011-12-29T12:30:00.000Z',
      '2011-12-30T12:30:00.000Z',
      '2011-12-31T12:30:00.000Z',
    ]);
  });

  it('lengths are elapsed time', () => {
    const [night] = occurrences({ ...DAILY, at: '00:00', durationMs: 6 * HOUR }, 'Europe/Berlin', on('2026-03-29'));
    expect(night).toEqual({ startMs: Date.UTC(2026, 2, 28, 23), endMs: Date.UTC(2026, 2, 29, 5) });
  });
});

describe('windows', () => {
  test('that were shifted may be in the next month and year', () => {
    const rule = { ...DAILY, rrule: 'FREQ=MONTHLY;BYDAY=-1TH', shiftDays: 4 };
    expect(starts(rule, 'UTC', { startMs: Date.UTC(2026, 11, 1), endMs: Date.UTC(2027, 1, 1) })).toEqual([
      '2027-01-04T02:30:00.000Z',
    ]);
  });

  test('fall out on their exceptions, which are dates after the shift', () => {
    const rule = { ...DAILY, rrule: 'FREQ=MONTHLY;BYDAY=2TU', shiftDays: 4, except: ['2026-07-18', '2026-08-11'] };
    expect(starts(rule, 'UTC', { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 8, 1) })).toEqual([
      '2026-08-15T02:30:00.000Z',
    ]);
  });

  test('longer than their period are one', () => {
    expect(occurrences({ ...DAILY, durationMs: 30 * HOUR }, 'UTC', on('2026-05-10', 3))).toHaveLength(1);
    expect(occurrences({ ...DAILY, durationMs: 24 * HOUR }, 'UTC', on('2026-05-10', 3))).toHaveLength(1);
  });

  test('of a zone that nobody knows are an error', () => {
    expect(() => occurrences(DAILY, 'Mars/Olympus', on('2026-05-10'))).toThrow(RangeError);
  });

  test('are not asked for without an end', () => {
    expect(() => occurrences(DAILY, 'UTC', { startMs: 0, endMs: Infinity })).toThrow(RangeError);
  });

  test('are not before the first date', () => {
    expect(starts({ ...DAILY, from: '2026-05-12' }, 'UTC', on('2026-05-10', 3))).toEqual(['2026-05-12T02:30:00.000Z']);
  });

  test('are sorted and disjoint, and each overlaps the range', () => {
    fc.assert(
      fc.property(anyRule, anyZone, anyRange, (rule, zone, range) => {
        const windows = occurrences(rule, zone, range);
        windows.forEach(({ startMs, endMs }, index) => {
          expect(endMs - startMs).toBeGreaterThanOrEqual(rule.durationMs);
          expect(startMs < range.endMs && endMs > range.startMs).toBe(true);
          expect(endMs).toBeLessThan(windows[index + 1]?.startMs ?? Infinity);
        });
      }),
    );
  });

  test('are the same in a part of a range as in all of it', () => {
    fc.assert(
      fc.property(anyRule, anyZone, anyRange, anyRange, (rule, zone, part, other) => {
        const all = { startMs: Math.min(part.startMs, other.startMs), endMs: Math.max(part.endMs, other.endMs) };
        if (all.endMs - all.startMs > 3 * 366 * DAY) return;
        expect(intersect(occurrences(rule, zone, all), [part])).toEqual(
          intersect(occurrences(rule, zone, part), [part]),
        );
      }),
    );
  });

  test('of a day are one for each local date', () => {
    fc.assert(
      fc.property(anyZone, fc.nat(1439), fc.integer({ min: 2011, max: 2029 }), (zone, minutes, year) => {
        const at = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        const range = { startMs: Date.UTC(year, 1, 1), endMs: Date.UTC(year + 1, 1, 1) };
        const local = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
        const found = createCalendarCache().starts({ ...DAILY, at, durationMs: 0 }, zone, range);
        // What begins after a gap may be of the date before: in Nuuk the clocks go from 23:00 to midnight.
        const dates = found
          .map((startMs) => (local.format(startMs).slice(11) < at ? startMs - 1 : startMs))
          .map((startMs) => local.format(startMs).slice(0, 10));
        const skipped = zone === 'Pacific/Apia' && year === 2011 ? ['2011-12-30'] : [];
        const first = Date.parse(dates[0] ?? '');
        const every = Array.from({ length: dates.length + skipped.length }, (_, day) =>
          iso(first + day * DAY).slice(0, 10),
        );
        expect(dates).toEqual(every.filter((date) => !skipped.includes(date)));
        expect(dates.length).toBeGreaterThanOrEqual(364);
      }),
      { numRuns: 30 },
    );
  });

  test('are the same from a cache that was asked before as from a new one', () => {
    const cache = createCalendarCache();
    fc.assert(
      fc.property(anyRule, anyZone, anyRange, fc.integer({ min: 1, max: 5 }), (rule, zone, range, limit) => {
        const fresh = occurrences(rule, zone, range);
        expect(cache.occurrences(rule, zone, range)).toEqual(fresh);
        expect(cache.occurrences({ ...rule }, zone, range, limit)).toEqual(fresh.slice(0, limit));
      }),
    );
  });
});
