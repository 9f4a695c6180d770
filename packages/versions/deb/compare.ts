import { compareDigits, endOfDigits, isDigit, isLetter } from '../digits.ts';
import type { DebVersion } from './parse.ts';

/** Debian Policy 5.6.12: epochs as numbers, then the upstream versions, then the revisions. */
export function compareDebVersions(a: DebVersion, b: DebVersion): -1 | 0 | 1 {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  return comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision);
}

/** Turns of a text without digits and a number, until one of them differs. */
function comparePart(a: string, b: string): -1 | 0 | 1 {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while (isText(a, i) || isText(b, j)) {
      const left = weight(a, i);
      const right = weight(b, j);
      if (left !== right) return left < right ? -1 : 1;
      i += 1;
      j += 1;
    }
    const leftEnd = endOfDigits(a, i);
    const rightEnd = endOfDigits(b, j);
    const order = compareDigits(a.slice(i, leftEnd), b.slice(j, rightEnd));
    if (order !== 0) return order;
    i = leftEnd;
    j = rightEnd;
  }
  return 0;
}

function isText(text: string, index: number): boolean {
  return index < text.length && !isDigit(text.charCodeAt(index));
}

/** `~` before the end (and before a digit), letters before everything else. */
function weight(text: string, index: number): number {
  if (index >= text.length || isDigit(text.charCodeAt(index))) return 0;
  const code = text.charCodeAt(index);
  if (text[index] === '~') return -1;
  return isLetter(code) ? code : code + 256;
}
