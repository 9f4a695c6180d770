import { EMPTY_ROOT, type Hash, HASH_BYTES, hashNode } from './hash.ts';
import { isSize } from './node.ts';

/** A tree of 2^53 entries has no longer path; a consistency proof has one more. */
const MOST_HASHES = 54;

export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

/**
 * Whether the path leads from the leaf to the root (RFC 9162 section 2.1.3.2). Whatever is given is judged, never thrown at.
 *
 * @param index Of the entry, counted from 0.
 */
export function verifyInclusion(leaf: Hash, index: number, { size, root }: TreeHead, path: readonly Hash[]): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, root, ...path])) return false;
  let first = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(first) || first === last) {
      hash = hashNode(sibling, hash);
      [first, last] = climbToOdd(first, last);
    } else hash = hashNode(hash, sibling);
    first = half(first);
    last = half(last);
  }
  return last === 0 && hash.equals(root);
}

/** Whether the newer tree begins with all entries of the older one (RFC 9162 section 2.1.4.2). */
export function verifyConsistency(older: TreeHead, newer: TreeHead, path: readonly Hash[]): boolean {
  if (!isSize(older.size) || !isSize(newer.size) || older.size > newer.size) return false;
  if (!areHashes([older.root, newer.root, ...path])) return false;
  if (older.size === newer.size) return path.length === 0 && older.root.equals(newer.root);
  // Of nothing everything is a continuation.
  if (older.size === 0) return path.length === 0 && older.root.equals(EMPTY_ROOT);
  const [start, ...rest] = isPowerOfTwo(older.size) ? [older.root, ...path] : path;
  // With the root before it the proof of a power of two is still no proof when it is empty.
  if (start === undefined || path.length === 0) return false;
  let first = older.size - 1;
  let last = newer.size - 1;
  while (isOdd(first)) {
    first = half(first);
    last = half(last);
  }
  let olderHash = start;
  let newerHash = start;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(first) || first === last) {
      olderHash = hashNode(sibling, olderHash);
      newerHash = hashNode(sibling, newerHash);
      [first, last] = climbToOdd(first, last);
    } else newerHash = hashNode(newerHash, sibling);
    first = half(first);
    last = half(last);
  }
  return last === 0 && olderHash.equals(older.root) && newerHash.equals(newer.root);
}

function areHashes(hashes: readonly Hash[]): boolean {
  return hashes.length <= MOST_HASHES + 2 && hashes.every((hash) => hash.length === HASH_BYTES);
}

/** Levels on which the node has no sibling to its right yet. */
function climbToOdd(first: number, last: number): [number, number] {
  let [a, b] = [first, last];
  while (!isOdd(a) && a !== 0) {
    a = half(a);
    b = half(b);
  }
  return [a, b];
}

// Bit operators work on 32 bits only.
function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}
