import { describe, expect, test } from 'vitest';
import { type Hash, hashLeaf } from './hash.ts';
import { fillPlan, planConsistency, planInclusion } from './prove.ts';
import { EMPTY_TREE, append, rootOf } from './tree.ts';
import { verifyConsistency, verifyInclusion } from './verify.ts';

/** The eight inputs of Certificate Transparency's reference tests, with the roots and proofs that they publish. */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const A = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const B = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const C = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const D = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const E = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const F = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';
const [ROOT_1 = '', ROOT_2 = '', , ROOT_4 = ''] = ROOTS;

const leaves = INPUTS.map((input) => hashLeaf(Buffer.from(input, 'hex')));
const nodes = new Map<string, Hash>();
const heads = [EMPTY_TREE];
for (const [index, leaf] of leaves.entries()) {
  const { tree, completed } = append(heads.at(-1) ?? EMPTY_TREE, leaf);
  for (const [level, hash] of completed.entries()) nodes.set(`${level}/${(index + 1) / 2 ** level - 1}`, hash);
  heads.push(tree);
}
const hashAt = ({ level, index }: { level: number; index: number }): Hash => {
  const hash = nodes.get(`${level}/${index}`);
  if (hash === undefined) throw new Error(`no node ${level}/${index}`);
  return hash;
};
const headOf = (size: number) => ({ size, root: Buffer.from(ROOTS[size - 1] ?? '', 'hex') });
const bytes = (proof: readonly string[]): Hash[] => proof.map((hash) => Buffer.from(hash, 'hex'));

describe('the vectors of Certificate Transparency', () => {
  test('an empty tree has the hash of nothing, and an empty entry that of the byte 0', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(rootOf(EMPTY_TREE).toString('hex')).toBe(empty);
    expect(hashLeaf(Buffer.alloc(0)).toString('hex')).toBe(ROOT_1);
  });

  test('each size has its root', () => {
    expect(heads.slice(1).map((tree) => rootOf(tree).toString('hex'))).toEqual(ROOTS);
  });

  test.each([
    [0, 1, []],
    [0, 8, [A, B, C]],
    [5, 8, [D, E, ROOT_4]],
    [2, 3, [ROOT_2]],
    [1, 5, [ROOT_1, B, D]],
  ])('inclusion of entry %i in a tree of %i', (index, size, proof) => {
    expect(fillPlan(planInclusion(index, size), hashAt)).toEqual(bytes(proof));
    expect(verifyInclusion(hashAt({ level: 0, index }), index, headOf(size), bytes(proof))).toBe(true);
  });

  test.each([
    [1, 1, []],
    [1, 8, [A, B, C]],
    [6, 8, [F, E, ROOT_4]],
    [2, 5, [B, D]],
  ])('consistency of trees of %i and %i', (from, to, proof) => {
    expect(fillPlan(planConsistency(from, to), hashAt)).toEqual(bytes(proof));
    expect(verifyConsistency(headOf(from), headOf(to), bytes(proof))).toBe(true);
  });
});
