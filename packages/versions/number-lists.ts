import { compareDigits } from './digits.ts';

/** Lists of runs of digits, the first difference decides, a number that is not written is 0. */
export function compareNumberLists(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = compareDigits(a[index] ?? '0', b[index] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** Whether the first difference is between two written numbers; false also when nothing differs. */
export function differInWrittenNumbers(a: readonly string[], b: readonly string[]): boolean {
  const shared = Math.min(a.length, b.length);
  return compareNumberLists(a.slice(0, shared), b.slice(0, shared)) !== 0;
}
