import { append, type Hash, type Tree } from '@thimble/transparency';

/** A row of `evidence_leaf`: the leaf's hash and those of the subtrees that it completes, hexadecimal. */
export interface NewLeaf {
  readonly sequence: number;
  readonly hashes: string;
}

/** The rows by which a log grows from this tree on. */
export function leavesOf(tree: Tree, hashes: readonly Hash[]): readonly NewLeaf[] {
  let grown = tree;
  return hashes.map((leaf) => {
    const { tree: next, completed } = append(grown, leaf);
    grown = next;
    return { sequence: next.size, hashes: completed.map((hash) => hash.toString('hex')).join('') };
  });
}
