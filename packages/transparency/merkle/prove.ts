import type { Hash } from './hash.ts';
import { type NodeAt, isSize, nodesOfSpan, splitOf } from './node.ts';
import { joinPeaks } from './tree.ts';

/** What a proof consists of: each hash is that of a span of entries, given as the complete subtrees that it is made of. */
export type ProofPlan = readonly (readonly NodeAt[])[];

/**
 * Which nodes prove that the entry is in the tree (RFC 9162 section 2.1.3.1), from the leaf upwards.
 *
 * @param index Of the entry, counted from 0.
 * @throws RangeError when there is no such entry.
 */
export function planInclusion(index: number, size: number): ProofPlan {
  if (!isSize(size) || !isSize(index) || index >= size) throw new RangeError(`no entry ${index} in a tree of ${size}`);
  return planPath(index, size);
}

/**
 * Which nodes prove that a tree of `to` entries begins with that of `from` entries (RFC 9162 section 2.1.4.1).
 *
 * @throws RangeError when `from` is not from 0 to `to`.
 */
export function planConsistency(from: number, to: number): ProofPlan {
  if (!isSize(from) || !isSize(to) || from > to) throw new RangeError(`no proof from ${from} to ${to}`);
  const plan: (readonly NodeAt[])[] = [];
  if (from === 0) return plan;
  let begin = 0;
  let rest = to;
  let size = from;
  // SUBPROOF(m, D[n], b): b says that the old tree's root is what the verifier has already.
  let known = true;
  while (size < rest) {
    const split = splitOf(rest);
    if (size <= split) {
      plan.unshift(nodesOfSpan(begin + split, rest - split));
      rest = split;
    } else {
      plan.unshift(nodesOfSpan(begin, split));
      begin += split;
      rest -= split;
      size -= split;
      known = false;
    }
  }
  return known ? plan : [nodesOfSpan(begin, size), ...plan];
}

/** The proof itself, from a store of nodes. */
export function fillPlan(plan: ProofPlan, hashAt: (node: NodeAt) => Hash): readonly Hash[] {
  return plan.map((nodes) => joinPeaks(nodes.map(hashAt)));
}

function planPath(index: number, size: number): ProofPlan {
  const plan: (readonly NodeAt[])[] = [];
  let begin = 0;
  let rest = size;
  while (rest > 1) {
    const split = splitOf(rest);
    if (index < begin + split) {
      plan.unshift(nodesOfSpan(begin + split, rest - split));
      rest = split;
    } else {
      plan.unshift(nodesOfSpan(begin, split));
      begin += split;
      rest -= split;
    }
  }
  return plan;
}
