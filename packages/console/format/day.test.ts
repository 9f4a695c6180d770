import { expect, test } from 'vitest';
import { dayOf, endOfDay, isPast } from './day.ts';

test('a day is overdue when it is over, not on the day itself', () => {
  const now = Date.parse('2026-03-01T12:00:00.000Z');
  expect([isPast('2026-02-28', now), isPast('2026-03-01', now), isPast('2026-03-02', now)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('what is no day is neither overdue nor has an end', () => {
  expect(isPast('soon', Date.now())).toBe(false);
  expect(endOfDay('2026-13-45')).toBeUndefined();
});

test('a day’s end lies on the same day', () => {
  const end = endOfDay('2026-03-01') ?? '';
  expect(dayOf(Date.parse(end))).toBe('2026-03-01');
  expect(dayOf(Date.parse(end) + 1)).toBe('2026-03-02');
});
