import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBandwidth } from './bandwidth.ts';

/** A clock that passes only while somebody waits. */
function virtualTime() {
  let now = 0;
  return {
    now: () => now,
    wait: async (ms: number) => {
      now = Math.max(now, now + ms);
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const signal = new AbortController().signal;

it('never lets more pass than its pace, a short burst aside, and not much less', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 65_536 }), { minLength: 20, maxLength: 60 }),
      async (pieces) => {
        const time = virtualTime();
        const { pay } = createBandwidth(100_000, time.now, time.wait);
        for (const bytes of pieces) await pay(bytes, signal);
        const idealMs = pieces.reduce((sum, bytes) => sum + bytes, 0) / 100;
        expect(time.now()).toBeGreaterThanOrEqual(idealMs - 251);
        expect(time.now()).toBeLessThanOrEqual(idealMs + 1);
      },
    ),
    { seed: 4, numRuns: 50 },
  );
});

it('does not save up what was not used', async () => {
  const time = virtualTime();
  const { pay } = createBandwidth(100_000, time.now, time.wait);
  await pay(100_000, signal);
  time.pass(3_600_000);
  const before = time.now();
  await pay(100_000, signal);
  expect(time.now() - before).toBe(750);
});

it('without a limit nobody waits', async () => {
  const { pay } = createBandwidth(
    null,
    () => 0,
    () => Promise.reject(new Error('waited')),
  );
  await pay(1e12, signal);
});
