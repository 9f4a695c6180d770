import { compareDigits } from '../digits.ts';
import { compareText } from '../text-order.ts';
import { isWord, type GemVersion } from './parse.ts';

/** Gem::Version#<=>: segment by segment, a missing one is 0, words before numbers and in byte order (`RC` before `rc`). */
export function compareGemVersions(a: GemVersion, b: GemVersion): -1 | 0 | 1 {
  const length = Math.max(a.segments.length, b.segments.length);
  for (let i = 0; i < length; i += 1) {
    const left = a.segments[i] ?? '0';
    const right = b.segments[i] ?? '0';
    const leftIsWord = isWord(left);
    if (leftIsWord !== isWord(right)) return leftIsWord ? -1 : 1;
    const order = leftIsWord ? compareText(left, right) : compareDigits(left, right);
    if (order !== 0) return order;
  }
  return 0;
}
