import type { FleetGap } from '@thimble/protocol';
import { expect, test } from 'vitest';
import { gapAdvice } from './gap-advice.ts';
import { groupGaps } from './group-gaps.ts';

const gap = (reason: string, what: string, endpointCount: number): FleetGap => ({
  reason,
  what,
  why: '',
  endpointCount,
  packageCount: 2,
  endpoints: [],
});

test('gaps of one reason stand together, those on most endpoints first', () => {
  const groups = groupGaps([gap('a', 'few', 1), gap('b', 'some', 5), gap('a', 'many', 9)]);
  expect(groups.map(({ reason, gaps, packageCount }) => [reason, gaps.map(({ what }) => what), packageCount])).toEqual([
    ['a', ['many', 'few'], 4],
    ['b', ['some'], 2],
  ]);
});

test('a reason named like a member of every object is an unknown reason', () => {
  expect(gapAdvice('constructor').title).toBe('constructor');
  expect(gapAdvice('__proto__').advice).toMatch(/unknown, not safe/);
});
