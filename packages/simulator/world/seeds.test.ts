import { createPlanner } from '@thimble/rollouts';
import { describe, expect, test } from 'vitest';
import { lintPlan } from '../mutations/find.ts';
import { runWorld, type WorldResult } from './world.ts';

const SEEDS = 2000;
const SEEDS_PER_TEST = 100;
/** A guard against what hangs: a hundred worlds take five seconds on a machine that does nothing else, and a minute on one that is busy. */
const TIMEOUT_MS = 600_000;
const { plan } = createPlanner();

/** What went wrong in a world, and how to see it again. */
function complaintsOf({ seed, endpoints, violations }: WorldResult, size?: number): readonly string[] {
  const replay = `node packages/simulator/testing/replay.ts ${seed}${size === undefined ? '' : ` ${size}`}`;
  return violations.map(
    ({ checker, message, atMs }) =>
      `seed ${seed} (${endpoints} endpoints), ${new Date(atMs).toISOString()}, ${checker}: ${message}; see: ${replay}`,
  );
}

describe('whatever goes wrong, every rule holds, and everything comes to its end when it has stopped going wrong', () => {
  const firsts = Array.from({ length: SEEDS / SEEDS_PER_TEST }, (_, n) => n * SEEDS_PER_TEST + 1);
  test.each(firsts)(
    `in the ${SEEDS_PER_TEST} worlds from seed %s`,
    (first) => {
      for (let seed = first; seed < first + SEEDS_PER_TEST; seed += 1)
        expect(complaintsOf(runWorld(seed, { plan, lint: lintPlan }))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test.each([1, 2])(
    'in a world of a thousand endpoints, seed %s',
    (seed) => {
      expect(complaintsOf(runWorld(seed, { plan, lint: lintPlan, size: 1000 }), 1000)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('a seed', () => {
  test('gives the same world again, step by step', () => {
    for (const seed of [3, 44, 114]) {
      const [first, second] = [1, 2].map(() => runWorld(seed, { plan: createPlanner().plan, lint: lintPlan }));
      expect(second).toEqual(first);
    }
  });

  test('gives another world than the next one', () => {
    const digests = [1, 2, 3, 4, 5].map((seed) => runWorld(seed, { plan, lint: lintPlan }).traceDigest);
    expect(new Set(digests).size).toBe(5);
  });
});
