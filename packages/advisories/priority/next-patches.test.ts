import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextPatches, type CandidateUpdate, type OpenRisk } from './next-patches.ts';

const risk = (weight: number, endpoint = 'a', withoutUpdate: string | null = null): OpenRisk => ({
  endpoint,
  vulnerability: 'CVE-2024-0001',
  risk: weight,
  withoutUpdate,
});
const ids = (risks: readonly OpenRisk[], candidates: readonly CandidateUpdate[], limit = Infinity) =>
  nextPatches(risks, candidates, limit).updates.map(({ id }) => id);

describe('the best next patches', () => {
  it('take first what removes most, and count only what is left for the next', () => {
    const risks = [risk(10), risk(10, 'b'), risk(10, 'c'), risk(5)];
    const candidates = [
      { id: 'openssl', closes: [0, 1] },
      { id: 'curl', closes: [1, 2] },
      { id: 'linux', closes: [0, 1, 2] },
      { id: 'bash', closes: [3] },
    ];
    expect(nextPatches(risks, candidates, 10)).toEqual({
      updates: [
        { id: 'linux', riskRemoved: 30, findingsClosed: 3, endpointCount: 3, cumulativeShare: 30 / 35 },
        { id: 'bash', riskRemoved: 5, findingsClosed: 1, endpointCount: 1, cumulativeShare: 1 },
      ],
      riskTotal: 35,
      riskRemaining: 0,
      remaining: [],
    });
  });

  it('say what stays, and why', () => {
    const risks = [
      risk(3),
      risk(2, 'b', 'the publisher will not repair it'),
      risk(2, 'c', 'the publisher will not repair it'),
      risk(1),
    ];
    const { remaining, riskRemaining } = nextPatches(
      risks,
      [
        { id: 'x', closes: [0] },
        { id: 'y', closes: [3] },
      ],
      1,
    );
    expect(riskRemaining).toBe(5);
    expect(remaining).toEqual([
      { why: 'the publisher will not repair it', findings: 2, risk: 4 },
      { why: 'an update closes it, and is not among these', findings: 1, risk: 1 },
    ]);
  });

  it('decide between equals by the number of findings, then by id, whatever the order of the list', () => {
    const risks = [risk(2), risk(1), risk(1), risk(2)];
    const candidates = [
      { id: 'z', closes: [3] },
      { id: 'b', closes: [0] },
      { id: 'many', closes: [1, 2] },
    ];
    expect(ids(risks, candidates)).toEqual(['many', 'b', 'z']);
    expect(ids(risks, candidates.toReversed())).toEqual(['many', 'b', 'z']);
  });

  it('pay no attention to doubles, to indexes of nothing and to risks that are none', () => {
    const risks = [risk(1), risk(Number.NaN), risk(-5)];
    expect(nextPatches(risks, [{ id: 'x', closes: [0, 0, 7, -1, 1, 2] }], 5).updates).toMatchObject([
      { riskRemoved: 1, findingsClosed: 3 },
    ]);
    expect(ids([], [{ id: 'x', closes: [0] }])).toEqual([]);
  });

  it('remove exactly what they say, never less at the front than further back', () => {
    const risks = fc.array(
      fc.double({ min: 0, max: 100, noNaN: true }).map((weight) => risk(weight)),
      { maxLength: 30 },
    );
    const candidates = fc.array(fc.array(fc.nat(40), { maxLength: 12 }), { maxLength: 10 });
    fc.assert(
      fc.property(risks, candidates, (open, closes) => {
        const plan = nextPatches(
          open,
          closes.map((list, index) => ({ id: `u${index}`, closes: list })),
          100,
        );
        const removed = plan.updates.reduce((sum, update) => sum + update.riskRemoved, 0);
        expect(removed + plan.riskRemaining).toBeCloseTo(plan.riskTotal, 6);
        expect(plan.remaining.reduce((sum, each) => sum + each.risk, 0)).toBeCloseTo(plan.riskRemaining, 6);
        for (const [index, update] of plan.updates.entries())
          expect(update.riskRemoved).toBeLessThanOrEqual(plan.updates[index - 1]?.riskRemoved ?? Infinity);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('are found among 200 updates for 100,000 findings', () => {
    const risks = Array.from({ length: 100_000 }, (_, index) => risk((index % 97) / 7, `e${index % 5000}`));
    const candidates = Array.from({ length: 200 }, (_, update) => ({
      id: `u${update}`,
      closes: Array.from({ length: 1_500 }, (_unused, index) => (update * 491 + index * 67) % 100_000),
    }));
    const plan = nextPatches(risks, candidates, 200);
    expect(plan.updates.length).toBeGreaterThan(50);
    expect(plan.updates.at(-1)?.cumulativeShare).toBeCloseTo(1 - plan.riskRemaining / plan.riskTotal, 9);
  });
});
