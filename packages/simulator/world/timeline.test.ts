import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTimeline } from './timeline.ts';

describe('virtual time', () => {
  test('goes through moments in order, and through equal ones in the order in which they were asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (moments) => {
        const timeline = createTimeline(0);
        const seen: [number, number][] = [];
        moments.forEach((atMs, index) => timeline.at(atMs, () => seen.push([timeline.nowMs, index])));
        while (timeline.advance(100));
        const sorted = moments.map((atMs, index): [number, number] => [atMs, index]);
        expect(seen).toEqual(sorted.sort(([a, i], [b, j]) => a - b || i - j));
        expect(timeline.nowMs).toBe(100);
      }),
    );
  });

  test('never goes back', () => {
    const timeline = createTimeline(50);
    let at = 0;
    timeline.at(10, () => (at = timeline.nowMs));
    timeline.advance(60);
    expect(at).toBe(50);
  });
});
