import { compareDigits } from '../digits.ts';
import { compareText } from '../text-order.ts';
import type { MavenItem, MavenItems, MavenVersion } from './parse.ts';

/**
 * ComparableVersion, made an order. It says `1-alpha < 1`, `1 < 1.foo` and `1.foo < 1-alpha`, because it looks at the kind
 * of an item (word, then list, then number) before it asks on which side of the bare release the version lies. Here the
 * side decides first: `1-alpha < 1 < 1.foo`. Wherever the two differ, ComparableVersion contradicts itself about the
 * release between the two versions; everywhere else they agree.
 */
export function compareMavenVersions(a: MavenVersion, b: MavenVersion): -1 | 0 | 1 {
  return compareLists(a.items, b.items);
}

function compareLists(a: MavenItems, b: MavenItems): -1 | 0 | 1 {
  let left = a;
  let right = b;
  while (left !== null || right !== null) {
    const leftSide = left?.sign ?? 0;
    const rightSide = right?.sign ?? 0;
    if (leftSide !== rightSide) return leftSide < rightSide ? -1 : 1;
    if (left === null || right === null) return 0;
    const order = compareItems(left.head, right.head);
    if (order !== 0) return order;
    left = left.rest;
    right = right.rest;
  }
  return 0;
}

const KINDS = { qualifier: 0, list: 1, number: 2 };

function compareItems(a: MavenItem, b: MavenItem): -1 | 0 | 1 {
  if (a.kind === 'number' && b.kind === 'number') return compareDigits(a.digits, b.digits);
  if (a.kind === 'list' && b.kind === 'list') return compareLists(a.items, b.items);
  if (a.kind === 'qualifier' && b.kind === 'qualifier')
    return a.rank === b.rank ? compareText(a.word, b.word) : a.rank < b.rank ? -1 : 1;
  return KINDS[a.kind] < KINDS[b.kind] ? -1 : 1;
}
