import { expect, it } from 'vitest';
import { createHostHealth } from './host-health.ts';

function health(random = 1) {
  let now = 0;
  const hosts = createHostHealth({ firstWaitMs: 1000, longestWaitMs: 8000, now: () => now, random: () => random });
  return {
    ...hosts,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

it('waits twice as long after each failure, up to a limit, and begins anew after a success', () => {
  const { failed, succeeded, waitMs } = health();
  const waits = [1, 2, 3, 4, 5, 6].map(() => {
    failed('a', null);
    return waitMs('a');
  });
  expect(waits).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  succeeded('a');
  expect(waitMs('a')).toBe(0);
  failed('a', null);
  expect(waitMs('a')).toBe(1000);
});

it('lets chance take up to half of it away, so that many do not come back at once', () => {
  const { failed, waitMs } = health(0);
  failed('a', null);
  expect(waitMs('a')).toBe(500);
});

it('does what the host asks for, within an hour, and only to that host', () => {
  const { failed, waitMs, pass } = health();
  failed('a', 20_000);
  expect([waitMs('a'), waitMs('b')]).toEqual([20_000, 0]);
  pass(15_000);
  expect(waitMs('a')).toBe(5_000);
  pass(15_000);
  expect(waitMs('a')).toBe(0);
  failed('a', 1e12);
  expect(waitMs('a')).toBe(3_600_000);
});
