import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSortKeys } from './column.ts';

test('nothing known comes last', () => {
  expect(['b', null, 'a'].sort(compareSortKeys)).toEqual(['a', 'b', null]);
});

test('the order is by code unit, as ls prints names', () => {
  expect(['zlib1g', 'Zeta', 'zlib-dev'].sort(compareSortKeys)).toEqual(['Zeta', 'zlib-dev', 'zlib1g']);
});

test('the order is total', () => {
  const key = fc.option(fc.string());
  fc.assert(
    fc.property(key, key, key, (a, b, c) => {
      expect(Math.sign(compareSortKeys(a, b)) + Math.sign(compareSortKeys(b, a))).toBe(0);
      if (compareSortKeys(a, b) <= 0 && compareSortKeys(b, c) <= 0)
        expect(compareSortKeys(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
