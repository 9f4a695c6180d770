import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_ROOT, type Hash, hashLeaf, hashNode } from './hash.ts';
import { peaksOf } from './node.ts';
import { fillPlan, planConsistency, planInclusion } from './prove.ts';
import { EMPTY_TREE, append, joinPeaks, rootOf } from './tree.ts';
import { verifyConsistency, verifyInclusion } from './verify.ts';

const MOST = 200;
const leaves = Array.from({ length: MOST }, (_, index) => hashLeaf(Buffer.from(`entry ${index}`)));

/** RFC 9162 section 2.1.1, word by word. */
function mth(list: readonly Hash[]): Hash {
  const [only] = list;
  if (only === undefined) return EMPTY_ROOT;
  if (list.length === 1) return only;
  const k = split(list.length);
  return hashNode(mth(list.slice(0, k)), mth(list.slice(k)));
}

/** Section 2.1.3.1. */
function path(m: number, list: readonly Hash[]): Hash[] {
  if (list.length === 1) return [];
  const k = split(list.length);
  return m < k
    ? [...path(m, list.slice(0, k)), mth(list.slice(k))]
    : [...path(m - k, list.slice(k)), mth(list.slice(0, k))];
}

/** Section 2.1.4.1. */
function subproof(m: number, list: readonly Hash[], b: boolean): Hash[] {
  const n = list.length;
  if (m === n) return b ? [] : [mth(list)];
  const k = split(n);
  return m <= k
    ? [...subproof(m, list.slice(0, k), b), mth(list.slice(k))]
    : [...subproof(m - k, list.slice(k), false), mth(list.slice(0, k))];
}

const split = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);
const nodeHash = ({ level, index }: { level: number; index: number }): Hash =>
  mth(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));

const treeOf = (size: number) => leaves.slice(0, size).reduce((tree, leaf) => append(tree, leaf).tree, EMPTY_TREE);
const sizes = fc.integer({ min: 1, max: MOST });
const pairs = fc.tuple(sizes, sizes).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

describe('against the recursive definitions of RFC 9162', () => {
  test('the root is the same after every entry', () => {
    for (let size = 0; size <= MOST; size += 1)
      expect(rootOf(treeOf(size)).equals(mth(leaves.slice(0, size)))).toBe(true);
  });

  test('what an entry completes are the complete subtrees that end with it', () => {
    let tree = EMPTY_TREE;
    for (const [index, leaf] of leaves.entries()) {
      const { tree: grown, completed } = append(tree, leaf);
      for (const [level, hash] of completed.entries())
        expect(hash.equals(nodeHash({ level, index: (index + 1) / 2 ** level - 1 }))).toBe(true);
      tree = grown;
    }
  });

  test('a tree’s peaks are where they are said to be', () => {
    for (let size = 0; size <= MOST; size += 1) {
      const { peaks } = treeOf(size);
      expect(peaksOf(size).map(nodeHash)).toEqual(peaks);
      expect(joinPeaks(peaks).equals(mth(leaves.slice(0, size)))).toBe(true);
    }
  });

  test('inclusion proofs are the same, and hold', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, any) => {
        const index = any % size;
        const proof = fillPlan(planInclusion(index, size), nodeHash);
        expect(proof).toEqual(path(index, leaves.slice(0, size)));
        const leaf = leaves[index] ?? EMPTY_ROOT;
        expect(verifyInclusion(leaf, index, { size, root: rootOf(treeOf(size)) }, proof)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('consistency proofs are the same, and hold', () => {
    fc.assert(
      fc.property(pairs, ([from, to]) => {
        const proof = fillPlan(planConsistency(from, to), nodeHash);
        expect(proof).toEqual(subproof(from, leaves.slice(0, to), true));
        const [older, newer] = [from, to].map((size) => ({ size, root: rootOf(treeOf(size)) }));
        if (older === undefined || newer === undefined) throw new Error('no pair');
        expect(verifyConsistency(older, newer, proof)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a proof of something else is refused', () => {
  const changed = (proof: readonly Hash[], at: number): Hash[] =>
    proof.map((hash, index) => (index === at % proof.length ? hashLeaf(hash) : hash));
  const mutations: readonly [string, (proof: readonly Hash[], any: number) => readonly Hash[]][] = [
    ['a hash is changed', changed],
    ['one is missing', (proof, any) => proof.filter((_, index) => index !== any % proof.length)],
    [
      'one is there twice',
      (proof, any) => proof.flatMap((hash, i) => (i === any % proof.length ? [hash, hash] : [hash])),
    ],
    ['one more is at its end', (proof) => [...proof, EMPTY_ROOT]],
    ['one more is at its beginning', (proof) => [EMPTY_ROOT, ...proof]],
    ['a hash is too short', (proof, any) => proof.map((h, i) => (i === any % proof.length ? h.subarray(1) : h))],
  ];
  test.each(mutations)('%s', (_, mutate) => {
    fc.assert(
      fc.property(pairs, fc.nat(), ([from, to], any) => {
        fc.pre(from < to);
        const root = rootOf(treeOf(to));
        const inclusion = mutate(fillPlan(planInclusion(from - 1, to), nodeHash), any);
        const leaf = leaves[from - 1] ?? EMPTY_ROOT;
        expect(verifyInclusion(leaf, from - 1, { size: to, root }, inclusion)).toBe(false);
        const consistency = mutate(fillPlan(planConsistency(from, to), nodeHash), any);
        const older = { size: from, root: rootOf(treeOf(from)) };
        expect(verifyConsistency(older, { size: to, root }, consistency)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('the entry is another, or elsewhere, or the tree has another size', () => {
    fc.assert(
      fc.property(pairs, sizes, ([place, size], other) => {
        const index = place - 1;
        const proof = fillPlan(planInclusion(index, size), nodeHash);
        const head = { size, root: rootOf(treeOf(size)) };
        const leaf = leaves[index] ?? EMPTY_ROOT;
        expect(verifyInclusion(leaves[other - 1] ?? EMPTY_ROOT, index, head, proof)).toBe(other - 1 === index);
        if (other - 1 !== index) expect(verifyInclusion(leaf, other - 1, head, proof)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('sizes and places out of range, and hostile lengths, are judged and not thrown at', () => {
    const root = EMPTY_ROOT;
    const endless = Array.from({ length: 10_000 }, () => EMPTY_ROOT);
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, Number.MAX_SAFE_INTEGER])
      for (const proof of [[], [EMPTY_ROOT], endless]) {
        expect(verifyInclusion(root, value, { size: 8, root }, proof)).toBe(false);
        expect(verifyInclusion(root, 0, { size: value, root }, proof)).toBe(false);
        expect(verifyConsistency({ size: value, root }, { size: 8, root }, proof)).toBe(false);
        expect(verifyConsistency({ size: 3, root }, { size: value, root }, proof)).toBe(false);
      }
    expect(() => planInclusion(8, 8)).toThrow(RangeError);
    expect(() => planConsistency(9, 8)).toThrow(RangeError);
  });

  test('an older tree is no continuation of a newer one, and of nothing only nothing is shown', () => {
    const [three, five] = [3, 5].map((size) => ({ size, root: rootOf(treeOf(size)) }));
    if (three === undefined || five === undefined) throw new Error('no trees');
    const proof = fillPlan(planConsistency(3, 5), nodeHash);
    expect(verifyConsistency(five, three, proof)).toBe(false);
    expect(verifyConsistency({ size: 0, root: EMPTY_ROOT }, five, [])).toBe(true);
    expect(verifyConsistency({ size: 0, root: three.root }, five, [])).toBe(false);
    expect(verifyConsistency({ size: 4, root: rootOf(treeOf(4)) }, five, [])).toBe(false);
  });
});
