import { compareDigits } from '../digits.ts';
import type { FreebsdComponent, FreebsdVersion } from './parse.ts';

/** pkg_version_cmp of pkg(8), pkg-version(8): epoch, version, revision. */
export function compareFreebsdVersions(a: FreebsdVersion, b: FreebsdVersion): -1 | 0 | 1 {
  const epochs = compareDigits(a.epoch, b.epoch);
  if (epochs !== 0) return epochs;
  for (let index = 0; index < Math.max(a.blocks.length, b.blocks.length); index += 1) {
    const order = compareBlocks(a.blocks[index] ?? [], b.blocks[index] ?? []);
    if (order !== 0) return order;
  }
  return compareDigits(a.revision, b.revision);
}

const ZERO: FreebsdComponent = { number: '0', letter: 0, patch: '0' };

function compareBlocks(a: readonly FreebsdComponent[], b: readonly FreebsdComponent[]): -1 | 0 | 1 {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const left = a[index] ?? ZERO;
    const right = b[index] ?? ZERO;
    const numbers = compareNumbers(left.number, right.number);
    if (numbers !== 0) return numbers;
    if (left.letter !== right.letter) return left.letter < right.letter ? -1 : 1;
    const patches = compareNumbers(left.patch, right.patch);
    if (patches !== 0) return patches;
  }
  return 0;
}

/** `least` before `none` before every number. */
function compareNumbers(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === 'least' || b === 'least') return a === 'least' ? -1 : 1;
  if (a === 'none' || b === 'none') return a === 'none' ? -1 : 1;
  return compareDigits(a, b);
}
