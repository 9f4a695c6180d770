import { compareDigits, endOfDigits, endOfLetters, isDigit, isLetter } from '../digits.ts';
import type { RpmVersion } from './parse.ts';

/**
 * rpmverCmp of rpm 4.18: epoch, version, release. A missing release is older than any, as where rpm sorts packages. In
 * a *dependency* a missing release fits every release; that relation is no order (1-1 = 1 = 1-2), so it is not this one.
 */
export function compareRpmVersions(a: RpmVersion, b: RpmVersion): -1 | 0 | 1 {
  return compareDigits(a.epoch, b.epoch) || comparePart(a.version, b.version) || compareReleases(a.release, b.release);
}

function compareReleases(a: string | null, b: string | null): -1 | 0 | 1 {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return comparePart(a, b);
}

const TILDE = 126;
const CARET = 94;

/** rpmvercmp: segments of digits or letters; `~` before the end of the text, `^` right after it, all else separates. */
function comparePart(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    i = skipSeparators(a, i);
    j = skipSeparators(b, j);
    const left = i < a.length ? a.charCodeAt(i) : 0;
    const right = j < b.length ? b.charCodeAt(j) : 0;
    if (left === TILDE || right === TILDE) {
      if (left !== right) return left === TILDE ? -1 : 1;
    } else if (left === CARET || right === CARET) {
      if (left !== right) return afterCaret(left, right);
    } else if (left === 0 || right === 0) {
      break;
    } else {
      const numeric = isDigit(left);
      if (numeric !== isDigit(right)) return numeric ? 1 : -1;
      const leftEnd = numeric ? endOfDigits(a, i) : endOfLetters(a, i);
      const rightEnd = numeric ? endOfDigits(b, j) : endOfLetters(b, j);
      const order = compareSegments(a.slice(i, leftEnd), b.slice(j, rightEnd), numeric);
      if (order !== 0) return order;
      i = leftEnd;
      j = rightEnd;
      continue;
    }
    i += 1;
    j += 1;
  }
  if (i >= a.length && j >= b.length) return 0;
  return i >= a.length ? -1 : 1;
}

/** The end of the text is older than a caret, anything else is newer. */
function afterCaret(left: number, right: number): -1 | 1 {
  if (left === 0) return -1;
  if (right === 0) return 1;
  return left === CARET ? -1 : 1;
}

function compareSegments(a: string, b: string, numeric: boolean): -1 | 0 | 1 {
  if (numeric) return compareDigits(a, b);
  return a === b ? 0 : a < b ? -1 : 1;
}

function skipSeparators(text: string, from: number): number {
  let index = from;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (isDigit(code) || isLetter(code) || code === TILDE || code === CARET) break;
    index += 1;
  }
  return index;
}
