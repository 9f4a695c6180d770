import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { firstThatEndsAfter, intersect, openAt, subtract, union } from './intervals.ts';
import type { Interval } from './window-rule.ts';

const END = 40;
const anyIntervals = fc.array(fc.record({ startMs: fc.nat(END), endMs: fc.nat(END) }));

/** The plainest truth: moment by moment. */
const holds = (intervals: readonly Interval[], moment: number): boolean =>
  intervals.some(({ startMs, endMs }) => startMs <= moment && moment < endMs);
const moments = Array.from({ length: END + 1 }, (_, moment) => moment);

function isTidy(intervals: readonly Interval[]): boolean {
  return intervals.every(
    ({ startMs, endMs }, index) => startMs < endMs && endMs < (intervals[index + 1]?.startMs ?? Infinity),
  );
}

describe('sets of moments', () => {
  test.each([
    ['union', (a: readonly Interval[], b: readonly Interval[]) => union(a, b), (a: boolean, b: boolean) => a || b],
    ['intersect', intersect, (a: boolean, b: boolean) => a && b],
    ['subtract', subtract, (a: boolean, b: boolean) => a && !b],
  ] as const)('%s says of each moment what it means, in a tidy list', (_, operation, meaning) => {
    fc.assert(
      fc.property(anyIntervals, anyIntervals, (a, b) => {
        const result = operation(a, b);
        expect(isTidy(result)).toBe(true);
        expect(moments.map((moment) => holds(result, moment))).toEqual(
          moments.map((moment) => meaning(holds(a, moment), holds(b, moment))),
        );
      }),
    );
  });

  it('is open at a moment when one of its stretches holds it', () => {
    fc.assert(
      fc.property(
        anyIntervals.map((list) => union(list)),
        fc.nat(END),
        (intervals, moment) => {
          const open = intervals.find(({ startMs, endMs }) => startMs <= moment && moment < endMs) ?? null;
          expect(openAt(intervals, moment)).toEqual(open);
          const next = intervals.findIndex(({ endMs }) => endMs > moment);
          expect(firstThatEndsAfter(intervals, moment)).toBe(next < 0 ? intervals.length : next);
        },
      ),
    );
  });
});
