import { expect, test } from 'vitest';
import { formatBytes, formatDays, formatDelta, plural } from './quantity.ts';

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [412_876_800, '394 MiB'],
  [-2048, '−2 KiB'],
  [5 * 1024 ** 5, '5,120 TiB'],
])('%i bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('a difference always has its sign', () => {
  expect([1024, -1024, 0].map(formatDelta)).toEqual(['+1 KiB', '−1 KiB', 'no change']);
});

test('only one is singular', () => {
  expect([0, 1, 2000].map((count) => plural(count, 'endpoint'))).toEqual([
    '0 endpoints',
    '1 endpoint',
    '2,000 endpoints',
  ]);
});

test.each([
  [0, 'under 1 min'],
  [12 / 1440, '12 min'],
  [59.6 / 1440, '1 h'],
  [3 / 24, '3 h'],
  [23.9 / 24, '1 d'],
  [2.43, '2.4 d'],
])('%d days read as %s', (days, text) => {
  expect(formatDays(days)).toBe(text);
});
