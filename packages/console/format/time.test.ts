import { expect, test } from 'vitest';
import { formatAgo, formatDuration } from './time.ts';

const NOW = Date.parse('2026-05-03T12:00:00.000Z');

test.each([
  ['2026-05-03T11:59:30.000Z', 'just now'],
  ['2026-05-03T12:00:20.000Z', 'just now'],
  ['2026-05-03T11:55:00.000Z', '5 minutes ago'],
  ['2026-05-03T09:00:00.000Z', '3 hours ago'],
  ['2026-05-02T11:00:00.000Z', 'yesterday'],
  ['2026-05-09T13:00:00.000Z', 'in 6 days'],
  ['2025-01-01T00:00:00.000Z', 'last year'],
  ['not a time', 'unknown'],
])('%s is %s', (timestamp, text) => {
  expect(formatAgo(timestamp, NOW)).toBe(text);
});

test.each([
  [-5, '0 s'],
  [64_000, '64 s'],
  [200_000, '3 min 20 s'],
  [600_000, '10 min'],
  [7_500_000, '2 h 5 min'],
])('%i ms take %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
