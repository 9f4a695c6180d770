import { createCalendarCache, parseRecurrence, type WindowRule } from '@thimble/rollouts';
import { expect, test } from 'vitest';
import { dueStarts } from './due-starts.ts';

const calendar = createCalendarCache();
const rule = (timeZone: string): WindowRule => {
  const parsed = parseRecurrence({ name: 'start', on: 'every day', at: '22:00', timeZone });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.rule;
};
const due = (sinceText: string, nowText: string, timeZone = 'UTC') =>
  dueStarts(calendar, rule(timeZone), 'UTC', { sinceMs: Date.parse(sinceText), nowMs: Date.parse(nowText) }).map(
    ({ occursMs, skipped }) => [new Date(occursMs).toISOString().slice(0, 16), skipped],
  );

test.each([
  ['not yet', '2026-05-01T22:00Z', '2026-05-02T21:59Z', []],
  ['to the minute', '2026-05-01T22:00Z', '2026-05-02T22:00Z', [['2026-05-02T22:00', null]]],
  ['not twice', '2026-05-02T22:00Z', '2026-05-02T22:00Z', []],
  ['late on the same day', '2026-05-01T22:00Z', '2026-05-02T23:30Z', [['2026-05-02T22:00', null]]],
  ['not on another day', '2026-05-01T22:00Z', '2026-05-03T08:00Z', [['2026-05-02T22:00', 'no server ran on that day']]],
  [
    'once, whatever was missed',
    '2026-05-01T22:00Z',
    '2026-05-04T22:10Z',
    [
      ['2026-05-02T22:00', 'no server ran, and a later start is there already'],
      ['2026-05-03T22:00', 'no server ran, and a later start is there already'],
      ['2026-05-04T22:00', null],
    ],
  ],
])('a start is made %s', (_when, since, now, expected) => {
  expect(due(since, now)).toEqual(expected);
});

test('the day is the rule’s own: half past midnight in Berlin is another one', () => {
  expect(due('2026-05-01T20:00Z', '2026-05-02T21:30Z', 'Europe/Berlin')).toEqual([['2026-05-02T20:00', null]]);
  expect(due('2026-05-01T20:00Z', '2026-05-02T22:30Z', 'Europe/Berlin')).toEqual([
    ['2026-05-02T20:00', 'no server ran on that day'],
  ]);
});

test('months without a server are a bounded number of decisions', () => {
  expect(due('2025-01-01T00:00Z', '2026-05-02T22:00Z')).toHaveLength(50);
});
