import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDay, pastDay, pastMoment } from './moments.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');

describe('pastMoment', () => {
  it.each([
    ['2026-08-21', '2026-08-21T00:00:00.000Z'],
    ['2026-08-21T17:46:43.6019Z', '2026-08-21T17:46:43.601Z'],
    ['2026-08-21 17:46:43 UTC', '2026-08-21T17:46:43.000Z'],
    ['2026-08-21T00:00:00+0000', '2026-08-21T00:00:00.000Z'],
    ['2026-08-21T01:30:00+02:00', '2026-08-20T23:30:00.000Z'],
    ['2026-08-21T23:30-0130', '2026-08-22T01:00:00.000Z'],
    ['21 Aug 2026', '2026-08-21T00:00:00.000Z'],
    ['Fri, 21 Aug 2026 17:46:43 GMT', '2026-08-21T17:46:43.000Z'],
    ['1 September 2026', '2026-09-01T00:00:00.000Z'],
    // Within a day: publishers' clocks and zones differ.
    ['2026-11-23T11:00:00Z', '2026-11-23T11:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(pastMoment(text, NOW)).toBe(expected);
  });

  it.each([
    ['the year-1 placeholder of Go', '0001-01-01T00:00:00Z'],
    ['the epoch', '1970-01-01T00:00:00Z'],
    ['a time after now', '2027-02-16T00:00:00Z'],
    ['a day that no calendar has', '2026-02-31'],
    ['a month that no calendar has', '2026-13-01'],
    ['an hour that no clock has', '2026-01-01T24:00:00Z'],
    ['a word', 'unknown'],
    ['an unknown month', '21 Foo 2026'],
    ['nothing', ''],
    ['a long text', '2026-01-01'.padEnd(100_000, ' ')],
    ['a number', 20_260_101],
    ['null', null],
  ])('%s is no moment', (_title, value) => {
    expect(pastMoment(value, NOW)).toBeNull();
  });

  it('agrees with the clock of the language on every moment it writes', () => {
    const range = { min: new Date('1980-01-01'), max: NOW, noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        expect(pastMoment(date.toISOString(), NOW)).toBe(date.toISOString());
      }),
    );
  });
});

describe('days', () => {
  it('are the date part', () => {
    expect([pastDay('21 Aug 2026', NOW), pastDay('21 Aug 2027', NOW)]).toEqual(['2026-08-21', null]);
  });

  it.each([
    ['2035-06-30', '2035-06-30'],
    ['9999-12-31', null],
    ['0001-01-01', null],
    [true, null],
  ])('anyDay(%s) is %s', (value, expected) => {
    expect(anyDay(value)).toBe(expected);
  });
});
