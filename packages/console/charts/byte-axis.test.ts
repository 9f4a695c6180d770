import { expect, test } from 'vitest';
import { formatBytes } from '../format/quantity.ts';
import { byteAxis } from './byte-axis.ts';

const GIB = 1024 ** 3;

test.each([
  [0, '1 B', 1],
  [3, '1 B', 3],
  [37.3 * GIB, '10 GiB', 4],
  [8 * GIB, '2 GiB', 4],
  [8 * GIB + 1, '5 GiB', 2],
  [900 * 1024 ** 2, '500 MiB', 2],
  [3000 * GIB, '1 TiB', 3],
])('up to %d bytes there is a line every %s, %d in all', (highest, interval, lines) => {
  const axis = byteAxis(highest);
  expect(formatBytes(axis.interval)).toBe(interval);
  expect(axis.max / axis.interval).toBe(lines);
  expect(axis.max).toBeGreaterThanOrEqual(highest);
});
