import { expect, test } from 'vitest';
import { signed, waterfallOf } from './waterfall.ts';

const step = (name: string, points: number) => ({ name, value: '', points, why: '' });

test('each bar begins where the sum before it ended, what takes away goes back, and the score stands below', () => {
  const bars = waterfallOf([step('severity', 34.3), step('exploitation', 25), step('runtime exposure', -10)], 49.3);
  expect(bars.map(({ name, kind, from, length, label }) => [name, kind, from, length, label])).toEqual([
    ['severity', 'adds', 0, 34.3, '+34.3'],
    ['exploitation', 'adds', 34.3, 25, '+25'],
    ['runtime exposure', 'takes', 49.3, 10, '−10'],
    ['score', 'total', 0, 49.3, '49.3'],
  ]);
});

test('a sum outside of 0 to 100 is drawn to the edge, with its own points beside it', () => {
  const bars = waterfallOf([step('a', -6), step('b', 104), step('c', 9)], 100);
  expect(bars.map(({ from, length }) => [from, length])).toEqual([
    [0, 0],
    [0, 98],
    [98, 2],
    [0, 100],
  ]);
  expect(bars[0]?.label).toBe('−6');
});

test.each([
  [0, '0'],
  [4.04, '+4'],
  [-0.5, '−0.5'],
])('%d points read as %s', (points, text) => {
  expect(signed(points)).toBe(text);
});
