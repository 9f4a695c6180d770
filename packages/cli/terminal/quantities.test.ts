import { describe, expect, it } from 'vitest';
import { formatAgo, formatBytes, formatDuration, listing, plural } from './quantities.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_999, '10 kB'],
    [999_949, '1000 kB'],
    [999_950, '1.0 MB'],
    [213_400_000, '213 MB'],
    [5_000_000_000_000_000, '5000 TB'],
    [-1_500_000, '-1.5 MB'],
  ])('prints %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [277_200_000, '3 d 5 h'],
    [-5, '0.0 s'],
  ])('prints %d ms as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('formatAgo', () => {
  const now = Date.parse('2026-05-03T12:00:00.000Z');
  it.each([
    [null, 'never'],
    ['2026-05-03T11:59:58.000Z', 'just now'],
    ['2026-05-03T11:57:00.000Z', '3 min ago'],
    ['2026-05-03T09:50:00.000Z', '2 h ago'],
    ['2026-05-03T14:00:00.000Z', 'in 2 h'],
  ])('prints %s as %s', (timestamp, text) => {
    expect(formatAgo(timestamp, now)).toBe(text);
  });
});

it('joins names as a sentence does, and says how many it leaves out', () => {
  expect(listing([])).toBe('');
  expect(listing(['a'])).toBe('a');
  expect(listing(['a', 'b', 'c'])).toBe('a, b and c');
  expect(listing(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  expect(plural(1, 'package')).toBe('1 package');
  expect(plural(0, 'package')).toBe('0 packages');
});
