import { EMPTY_ROOT, type Hash, hashNode } from './hash.ts';

/**
 * An append-only tree as little as it takes to go on: the roots of the largest complete subtrees from the left, one for
 * each 1 in the binary form of the size. Appending costs two hashes on average, whatever the size.
 */
export interface Tree {
  /** Entries. */
  readonly size: number;
  /** Largest first. */
  readonly peaks: readonly Hash[];
}

export const EMPTY_TREE: Tree = { size: 0, peaks: [] };

export interface Appended {
  readonly tree: Tree;
  /** The leaf, then each subtree that it completed, by growing level: what a store keeps with this entry. */
  readonly completed: readonly Hash[];
}

export function append({ size, peaks }: Tree, leaf: Hash): Appended {
  const left = [...peaks];
  const completed = [leaf];
  let subtree = leaf;
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const sibling = left.pop();
    if (sibling === undefined) throw new RangeError(`a tree of ${size} entries has more peaks than ${peaks.length}`);
    subtree = hashNode(sibling, subtree);
    completed.push(subtree);
  }
  return { tree: { size: size + 1, peaks: [...left, subtree] }, completed };
}

export function rootOf({ peaks }: Tree): Hash {
  return joinPeaks(peaks);
}

/** MTH of adjoining complete subtrees, largest first (RFC 9162 section 2.1.1: the split is at the largest power of 2). */
export function joinPeaks(peaks: readonly Hash[]): Hash {
  const last = peaks.at(-1);
  if (last === undefined) return EMPTY_ROOT;
  return peaks.slice(0, -1).reduceRight((right, left) => hashNode(left, right), last);
}
