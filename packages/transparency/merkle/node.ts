/**
 * A complete subtree: `index` counts those of one level from the left, so it spans entries from `index * 2 ** level` up to
 * the next one's. It is complete with entry `(index + 1) * 2 ** level`, counted from 1.
 */
export interface NodeAt {
  readonly level: number;
  readonly index: number;
}

/** Sizes are exact up to 2^53, so no level is above. */
const HIGHEST_LEVEL = 52;

/** The complete subtrees that entries `begin` to `begin + size` consist of, largest first; `begin` is where such a span can begin. */
export function nodesOfSpan(begin: number, size: number): readonly NodeAt[] {
  const nodes: NodeAt[] = [];
  let at = begin;
  let rest = size;
  for (let level = HIGHEST_LEVEL; level >= 0; level -= 1) {
    const width = 2 ** level;
    if (rest < width) continue;
    nodes.push({ level, index: at / width });
    at += width;
    rest -= width;
  }
  return nodes;
}

/** The complete subtrees that a whole tree consists of: the peaks of a `Tree`. */
export function peaksOf(size: number): readonly NodeAt[] {
  return nodesOfSpan(0, size);
}

/** The largest power of two below `size`, where RFC 9162 splits a list of at least two. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

export function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
