import { compareDigits } from './digits.ts';

/** Number by number; a list comes after its own beginning: `1.0` before `1.0.0`. */
export function compareComponents(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareDigits(left, right);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}
