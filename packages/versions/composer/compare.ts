import { compareDigits } from '../digits.ts';
import { END_RANK, NUMBER_RANK, type ComposerPart, type ComposerVersion } from './parse.ts';

/** PHP's version_compare on normal forms: dev < alpha < beta < RC < the end < a number < patch. */
export function compareComposerVersions(a: ComposerVersion, b: ComposerVersion): -1 | 0 | 1 {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const order = compareParts(a[i] ?? END, b[i] ?? END);
    if (order !== 0) return order;
  }
  return 0;
}

const END: ComposerPart = { rank: END_RANK };

function compareParts(a: ComposerPart, b: ComposerPart): -1 | 0 | 1 {
  if ('digits' in a && 'digits' in b) return compareDigits(a.digits, b.digits);
  return Math.sign(rankOf(a) - rankOf(b)) as -1 | 0 | 1;
}

function rankOf(part: ComposerPart): number {
  return 'digits' in part ? NUMBER_RANK : part.rank;
}
