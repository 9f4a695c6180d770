import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignRings, type RingCandidate } from './assign-rings.ts';
import { endpoint, policyWith } from './testing/document.ts';

const POLICY_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const fleetOf = (ids: readonly string[]): readonly RingCandidate[] => ids.map((id) => ({ id, traits: endpoint() }));
const anyIds = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 120 });
const percents = (...shares: readonly number[]) =>
  policyWith({
    rings: [
      ...shares.map((percent, index) => ({ name: `ring-${index}`, members: { percent } })),
      { name: 'others', members: 'rest' as const },
    ],
  });
const counts = (...sizes: readonly number[]) =>
  policyWith({
    rings: [
      ...sizes.map((count, index) => ({ name: `ring-${index}`, members: { count } })),
      { name: 'others', members: 'rest' as const },
    ],
  });
const anyShares = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }));

describe('assignRings', () => {
  it('puts everybody into exactly one ring, in whatever order they come', () => {
    fc.assert(
      fc.property(anyIds, anyShares, (ids, shares) => {
        const rings = assignRings(percents(...shares), POLICY_ID, fleetOf(ids));
        expect([...rings.keys()].sort()).toEqual([...ids].sort());
        const reversed = assignRings(percents(...shares), POLICY_ID, fleetOf([...ids].reverse()));
        expect(new Map([...reversed].sort())).toEqual(new Map([...rings].sort()));
      }),
    );
  });

  it('moves nobody else when somebody comes or goes, but one that stands in for an empty percentage', () => {
    fc.assert(
      fc.property(anyIds, fc.uuid(), anyShares, (ids, newcomer, shares) => {
        fc.pre(!ids.includes(newcomer));
        const policy = percents(...shares);
        const before = assignRings(policy, POLICY_ID, fleetOf(ids));
        const after = assignRings(policy, POLICY_ID, fleetOf([...ids, newcomer]));
        const moved = ids.filter((id) => before.get(id) !== after.get(id));
        const sizes = shares.map((_, ring) => ids.filter((id) => before.get(id) === ring).length);
        expect(moved.length).toBeLessThanOrEqual(sizes.filter((size) => size <= 1).length);
      }),
      { numRuns: 300 },
    );
  });

  it('moves at most one for each ring with a count', () => {
    fc.assert(
      fc.property(anyIds, fc.uuid(), (ids, newcomer) => {
        fc.pre(!ids.includes(newcomer));
        const before = assignRings(counts(2, 5), POLICY_ID, fleetOf(ids));
        const after = assignRings(counts(2, 5), POLICY_ID, fleetOf([...ids, newcomer]));
        expect(ids.filter((id) => before.get(id) !== after.get(id)).length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('keeps whom a percentage or count had when it grows', () => {
    fc.assert(
      fc.property(anyIds, anyShares, fc.nat(49), fc.constantFrom(0, 1), (ids, [first, second], more, which) => {
        const grown =
          which === 0
            ? ([Math.min(50, first + more), second] as const)
            : ([first, Math.min(50, second + more)] as const);
        for (const kind of [percents, counts]) {
          const before = assignRings(kind(first, second), POLICY_ID, fleetOf(ids));
          const after = assignRings(kind(...grown), POLICY_ID, fleetOf(ids));
          for (const id of ids) if (before.get(id) === which) expect(after.get(id)).toBe(which);
          // Nobody goes to a later ring than before.
          for (const id of ids) expect(after.get(id) ?? 9).toBeLessThanOrEqual(before.get(id) ?? 9);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('comes near the percentages in large fleets, of any policy', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `endpoint-${index}`);
    for (const policyId of ['a', 'b', 'c']) {
      const rings = assignRings(percents(1, 10, 30), policyId, fleetOf(ids));
      const share = (ring: number): number => ids.filter((id) => rings.get(id) === ring).length / ids.length;
      // Six standard deviations.
      expect(Math.abs(share(0) - 0.01)).toBeLessThan(0.0045);
      expect(Math.abs(share(1) - 0.1)).toBeLessThan(0.013);
      expect(Math.abs(share(2) - 0.3)).toBeLessThan(0.02);
    }
  });

  it('makes other endpoints the canaries of another policy', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `endpoint-${index}`);
    const canaries = (policyId: string): Set<string> =>
      new Set(
        [...assignRings(percents(10), policyId, fleetOf(ids))].filter(([, ring]) => ring === 0).map(([id]) => id),
      );
    const both = [...canaries('a')].filter((id) => canaries('b').has(id));
    expect(both.length).toBeLessThan(40);
  });

  it('lets filters choose first, in their order, and the rest last, wherever it stands', () => {
    const policy = policyWith({
      rings: [
        { name: 'one', members: { count: 1 } },
        { name: 'most', members: 'rest' },
        { name: 'databases', members: { filter: { labels: { role: 'db' } } } },
        { name: 'berlin', members: { filter: { groups: ['berlin'] } } },
      ],
    });
    const rings = assignRings(policy, POLICY_ID, [
      { id: 'db', traits: endpoint({ labels: new Map([['role', 'db']]) }) },
      { id: 'web', traits: endpoint() },
      { id: 'x', traits: endpoint({ groups: [] }) },
      { id: 'y', traits: endpoint({ groups: [] }) },
    ]);
    expect(rings.get('db')).toBe(2);
    expect(rings.get('web')).toBe(3);
    expect([rings.get('x'), rings.get('y')].sort()).toEqual([0, 1]);
  });

  it('has somebody in every percentage as long as there is somebody', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 3, maxLength: 12 }), (ids) => {
        const rings = [...assignRings(percents(1, 1), POLICY_ID, fleetOf(ids)).values()];
        expect(rings).toContain(0);
        expect(rings).toContain(1);
      }),
    );
  });

  it('leaves out whom no ring takes', () => {
    const policy = policyWith({ rings: [{ name: 'db', members: { filter: { labels: { role: 'db' } } } }] });
    expect(assignRings(policy, POLICY_ID, fleetOf(['a'])).size).toBe(0);
  });
});
