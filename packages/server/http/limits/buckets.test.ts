import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBuckets } from './buckets.ts';

function bucketsAt(perMinute: number) {
  const time = { nowMs: 1_000_000 };
  return { time, take: createBuckets({ perMinute, clock: () => new Date(time.nowMs) }) };
}

it('lets so many go on at once, the next when there is room again', () => {
  const { time, take } = bucketsAt(60);
  for (let count = 0; count < 60; count += 1) expect(take('a').kind).toBe('go-on');
  expect(take('a')).toEqual({ kind: 'wait', seconds: 1 });
  expect(take('b').kind).toBe('go-on');
  time.nowMs += 1000;
  expect(take('a').kind).toBe('go-on');
  expect(take('a').kind).toBe('wait');
});

it('never lets more go on than the limit in any minute, however they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 400 }), (pausesMs) => {
      const { time, take } = bucketsAt(30);
      const went: number[] = [];
      for (const pauseMs of pausesMs) {
        time.nowMs += pauseMs;
        if (take('a').kind === 'go-on') went.push(time.nowMs);
      }
      // The burst and what a minute refills.
      for (const start of went)
        expect(went.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(60);
    }),
    { numRuns: 50 },
  );
});

it('gives nothing for a clock that was set back', () => {
  const { time, take } = bucketsAt(1);
  take('a');
  time.nowMs -= 3_600_000;
  expect(take('a').kind).toBe('wait');
});
