import { compareDigits } from '../digits.ts';
import { compareNumberLists } from '../number-lists.ts';
import { compareText } from '../text-order.ts';
import type { Pep440Version } from './parse.ts';

/** PEP 440, "Summary of permitted suffixes and relative ordering", as packaging's `_cmpkey` decides the corners. */
export function comparePep440Versions(a: Pep440Version, b: Pep440Version): -1 | 0 | 1 {
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareNumberLists(a.release, b.release) ||
    comparePre(a, b) ||
    compareSuffix(a.post, b.post, -1) ||
    compareSuffix(a.dev, b.dev, 1) ||
    compareLocal(a.local, b.local)
  );
}

function comparePre(a: Pep440Version, b: Pep440Version): -1 | 0 | 1 {
  const left = preRank(a);
  const right = preRank(b);
  if (left !== right) return left < right ? -1 : 1;
  return compareDigits(a.pre?.number ?? '0', b.pre?.number ?? '0');
}

/** `1.0.dev1` comes before `1.0a1`, though it has no pre-release part. */
function preRank(version: Pep440Version): number {
  if (version.pre !== null) return { a: 1, b: 2, rc: 3 }[version.pre.letter];
  return version.post === null && version.dev !== null ? 0 : 4;
}

/** `absent`: what a version without the suffix is beside one that has it. */
function compareSuffix(a: string | null, b: string | null, absent: -1 | 1): -1 | 0 | 1 {
  if (a === null || b === null) {
    if (a === b) return 0;
    return a === null ? absent : absent === 1 ? -1 : 1;
  }
  return compareDigits(a, b);
}

/** Segment by segment, numbers after words, a longer one after its own beginning. */
function compareLocal(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const leftIsNumber = NUMERIC.test(left);
    if (leftIsNumber !== NUMERIC.test(right)) return leftIsNumber ? 1 : -1;
    const order = leftIsNumber ? compareDigits(left, right) : compareText(left, right);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}

const NUMERIC = /^[0-9]+$/;
