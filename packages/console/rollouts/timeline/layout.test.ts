import type { RolloutRing } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { layOut, ticksOf } from './layout.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-03-02T00:00:00.000Z');
const at = (hours: number): string => new Date(START_MS + hours * HOUR_MS).toISOString();

const ring = (changes: Partial<RolloutRing>): RolloutRing => ({
  name: 'canary',
  state: 'waiting',
  explanation: '',
  memberCount: 1,
  counts: { done: 0, busy: 0, failed: 0, waiting: 1, offline: 0, 'left-out': 0 },
  openedAt: null,
  predictedOpensAt: null,
  predictedEndsAt: null,
  predictedPassesAt: null,
  passedAt: null,
  skippedBy: null,
  soakSeconds: 0,
  approvals: { required: 0, by: [] },
  probes: [],
  slots: [],
  ...changes,
});

const barsOf = (changes: Partial<RolloutRing>, nowHours: number) =>
  layOut([ring(changes)], START_MS + nowHours * HOUR_MS, false)?.rows[0]?.bars.map(
    ({ kind, fromMs, toMs, predicted }) =>
      `${kind} ${(fromMs - START_MS) / HOUR_MS}-${(toMs - START_MS) / HOUR_MS}${predicted ? ' predicted' : ''}`,
  );

describe('the bars of a ring', () => {
  test.each<[string, Partial<RolloutRing>, number, readonly string[]]>([
    [
      'are predicted as a whole before it opens',
      { predictedOpensAt: at(10), predictedEndsAt: at(12), predictedPassesAt: at(15), soakSeconds: 7200 },
      1,
      ['installing 10-12 predicted', 'soak 12-14 predicted', 'gate 14-15 predicted'],
    ],
    [
      'are cut at the present moment while it is open',
      { state: 'open', openedAt: at(0), predictedEndsAt: at(4), predictedPassesAt: at(5), soakSeconds: 3600 },
      3,
      ['installing 0-3', 'installing 3-4 predicted', 'soak 4-5 predicted'],
    ],
    [
      'are what has been once it passed',
      { state: 'passed', openedAt: at(0), passedAt: at(6), soakSeconds: 7200 },
      20,
      ['installing 0-4', 'soak 4-6'],
    ],
    [
      'show a gate that waits up to now',
      { state: 'gate', openedAt: at(0), predictedEndsAt: at(2), soakSeconds: 3600 },
      8,
      ['installing 0-2', 'soak 2-3', 'gate 3-8'],
    ],
    ['end now where no end is known', { state: 'open', openedAt: at(0) }, 3, ['installing 0-3']],
  ])('%s', (_title, changes, nowHours, expected) => {
    expect(barsOf(changes, nowHours)).toEqual(expected);
  });
});

test('a rollout without any time has no timeline', () => {
  expect(layOut([ring({})], START_MS, false)).toBeNull();
});

test('what is over does not stretch to the present', () => {
  const over = layOut([ring({ openedAt: at(0), passedAt: at(2) })], START_MS + 5000 * HOUR_MS, true);
  expect(over?.toMs).toBeLessThan(START_MS + 3 * HOUR_MS);
});

test.each([2, 30, 24 * 9, 24 * 70])('%d hours have a handful of ticks, all within', (hours) => {
  const toMs = START_MS + hours * HOUR_MS;
  const ticks = ticksOf(START_MS, toMs);
  expect(ticks.length).toBeGreaterThanOrEqual(3);
  expect(ticks.length).toBeLessThanOrEqual(10);
  expect(ticks.every((tick) => tick >= START_MS && tick <= toMs)).toBe(true);
});
