import { compareDigits, endOfDigits, endOfLetters, isDigit, isLetter } from '../digits.ts';
import type { AlpmVersion } from './parse.ts';

/**
 * alpm_pkg_vercmp, vercmp(8): epoch, pkgver, and pkgrel where both have one. `1.0` therefore equals `1.0-1` and `1.0-2`:
 * the order is total among versions with a pkgrel, and among those without.
 *
 * null where vercmp runs in circles: a part that ends in separators against one that goes on with separators and letters
 * (by vercmp 1.0..a > 1.0.1 > 1.0. > 1.0..a). No package has such a version.
 */
export function compareAlpmVersions(a: AlpmVersion, b: AlpmVersion): -1 | 0 | 1 | null {
  const epochs = compareDigits(a.epoch, b.epoch);
  const order = epochs === 0 ? comparePart(a.version, b.version) : epochs;
  if (order !== 0 || a.release === null || b.release === null) return order;
  return comparePart(a.release, b.release);
}

/** libalpm's descendant of rpmvercmp: neither `~` nor `^`, but the length of separators counts, and 1.0a is before 1.0. */
function comparePart(a: string, b: string): -1 | 0 | 1 | null {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = skipSeparators(a, i);
    const right = skipSeparators(b, j);
    if (left >= a.length) return afterTrailingSeparators(b.charCodeAt(right), right - j);
    if (right >= b.length) return reversed(afterTrailingSeparators(a.charCodeAt(left), left - i));
    if (left - i !== right - j) return left - i < right - j ? -1 : 1;
    const numeric = isDigit(a.charCodeAt(left));
    if (numeric !== isDigit(b.charCodeAt(right))) return numeric ? 1 : -1;
    i = numeric ? endOfDigits(a, left) : endOfLetters(a, left);
    j = numeric ? endOfDigits(b, right) : endOfLetters(b, right);
    const order = compareSegments(a.slice(left, i), b.slice(right, j), numeric);
    if (order !== 0) return order;
  }
  if (i >= a.length && j >= b.length) return 0;
  // A rest of letters is older than the end of the text, any other rest is newer.
  if (i >= a.length) return isLetter(b.charCodeAt(j)) ? 1 : -1;
  return isLetter(a.charCodeAt(i)) ? -1 : 1;
}

/** The one text has come to its end behind separators; `code` is what the other goes on with, NaN for its end. */
function afterTrailingSeparators(code: number, separators: number): -1 | 0 | 1 | null {
  if (Number.isNaN(code)) return 0;
  if (!isLetter(code)) return -1;
  return separators === 0 ? 1 : null;
}

function reversed(order: -1 | 0 | 1 | null): -1 | 0 | 1 | null {
  return order === null || order === 0 ? order : order === 1 ? -1 : 1;
}

function compareSegments(a: string, b: string, numeric: boolean): -1 | 0 | 1 {
  if (numeric) return compareDigits(a, b);
  return a === b ? 0 : a < b ? -1 : 1;
}

function skipSeparators(text: string, from: number): number {
  let index = from;
  while (index < text.length && !isDigit(text.charCodeAt(index)) && !isLetter(text.charCodeAt(index))) index += 1;
  return index;
}
