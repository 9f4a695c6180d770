import { expect, test } from 'vitest';
import { createStopwatch } from './stopwatch.ts';

test.each<readonly [string, readonly number[], number]>([
  ['time that passes between looks counts', [250, 500, 750], 750],
  ['a clock that is set forward counts for a moment', [250, 86_400_250, 86_400_500], 250 + 5_000 + 250],
  ['a clock that is set back counts for nothing, and goes on', [250, -3_600_000, -3_599_750], 500],
])('%s', (_, looks, expected) => {
  let nowMs = 0;
  const elapsedMs = createStopwatch({ now: () => new Date(nowMs) });
  let last = 0;
  for (const lookMs of looks) {
    nowMs = lookMs;
    last = elapsedMs();
  }
  expect(last).toBe(expected);
});
