import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { ADDRESS_POLICY, LOGIN_POLICY, delayAfterMs } from './delay-after.ts';

test.each([
  [0, 0],
  [4, 0],
  [5, 60_000],
  [6, 120_000],
  [7, 240_000],
  [8, 480_000],
  [9, 900_000],
  [1_000_000, 900_000],
])('after %i failures of a login the next try waits %i ms', (failures, expected) => {
  expect(delayAfterMs(failures, LOGIN_POLICY)).toBe(expected);
});

test('the wait never shrinks with failures, and has an end', () => {
  assert(
    property(integer({ min: 0, max: 5_000_000 }), (failures) => {
      const delay = delayAfterMs(failures, ADDRESS_POLICY);
      expect(delayAfterMs(failures + 1, ADDRESS_POLICY)).toBeGreaterThanOrEqual(delay);
      expect(delay).toBeLessThanOrEqual(ADDRESS_POLICY.longestDelayMs);
    }),
    { numRuns: 200 },
  );
});
