import { compareDigits } from '../digits.ts';
import type { ApkToken, ApkVersion } from './parse.ts';

/**
 * apk_version_compare of apk-tools 3 (src/version.c): token by token; where the kinds differ the kind decides, so that a
 * version with one more number is newer, and one with `_alpha`, `_beta`, `_pre` or `_rc` is older than the one without.
 */
export function compareApkVersions(a: ApkVersion, b: ApkVersion): -1 | 0 | 1 {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a[index];
    const right = b[index];
    const order = sign(weight(left) - weight(right)) || compareTokens(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

/** What follows an equal beginning: a suffix of a pre-release, nothing, a revision, a hash, …, one more number. */
const WEIGHTS = { revision: 1, hash: 2, 'suffix-number': 3, suffix: 4, letter: 5, number: 6 } as const;

function weight(token: ApkToken | undefined): number {
  if (token === undefined) return 0;
  if (token.kind === 'suffix' && token.rank < 0) return -1;
  return WEIGHTS[token.kind];
}

/** Two tokens of one kind. */
function compareTokens(a: ApkToken | undefined, b: ApkToken | undefined): -1 | 0 | 1 {
  if (a === undefined || b === undefined) return 0;
  switch (a.kind) {
    case 'number':
      return b.kind === 'number' ? compareNumbers(a, b) : 0;
    case 'suffix-number':
    case 'revision':
      return b.kind === a.kind ? compareDigits(a.digits, b.digits) : 0;
    case 'letter':
      return b.kind === 'letter' ? compareTexts(a.letter, b.letter) : 0;
    case 'suffix':
      return b.kind === 'suffix' ? sign(a.rank - b.rank) : 0;
    case 'hash':
      return b.kind === 'hash' ? compareTexts(a.hash, b.hash) : 0;
  }
}

type NumberToken = Extract<ApkToken, { kind: 'number' }>;

/** After the first dot a number with a leading zero is a decimal fraction, compared as text: 1.06 before 1.1. */
function compareNumbers(a: NumberToken, b: NumberToken): -1 | 0 | 1 {
  const fraction = !a.first && !b.first && (a.digits.startsWith('0') || b.digits.startsWith('0'));
  return fraction ? compareTexts(a.digits, b.digits) : compareDigits(a.digits, b.digits);
}

function compareTexts(a: string, b: string): -1 | 0 | 1 {
  return a === b ? 0 : a < b ? -1 : 1;
}

function sign(difference: number): -1 | 0 | 1 {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}
