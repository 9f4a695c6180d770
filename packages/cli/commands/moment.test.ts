import { expect, it } from 'vitest';
import { beginningOf, momentOf } from './moment.ts';

it.each([
  ['a day is its end', '2026-05-03', '2026-05-03T23:59:59.999Z'],
  ['a time without a zone is UTC', '2026-05-03T12:00', '2026-05-03T12:00:00.000Z'],
  ['a zone is heeded', '2026-05-03T12:00:30+02:00', '2026-05-03T10:00:30.000Z'],
])('%s', (_, text, moment) => {
  expect(momentOf(text)).toBe(moment);
});

it.each([
  [''],
  ['yesterday'],
  ['1'],
  ['2026-02-30'],
  ['2026-13-01'],
  ['2026-5-3'],
  ['2026-05-03T25:00'],
  ['03.05.2026'],
])('%j is no moment', (text) => {
  expect(() => momentOf(text)).toThrow(/has to be a date/);
});

it.each([
  ['a day is its beginning', '2026-12-24', '2026-12-24T00:00:00.000Z'],
  ['a time is that time', '2026-12-24T12:00+02:00', '2026-12-24T10:00:00.000Z'],
])('of what begins %s', (_, text, moment) => {
  expect(beginningOf(text)).toBe(moment);
});

it.each([[''], ['2026-02-30'], ['tomorrow']])('%j is no beginning', (text) => {
  expect(() => beginningOf(text)).toThrow(/has to be a date/);
});
