import { compareNumberLists } from '../number-lists.ts';
import { compareText } from '../text-order.ts';
import { isNumericLabel, type NugetVersion } from './parse.ts';

/** VersionComparer.Default: four numbers, then the labels; build metadata has no weight. */
export function compareNugetVersions(a: NugetVersion, b: NugetVersion): -1 | 0 | 1 {
  const order = compareNumberLists(a.numbers, b.numbers);
  if (order !== 0) return order;
  if (a.labels.length === 0 || b.labels.length === 0) return Math.sign(b.labels.length - a.labels.length) as -1 | 0 | 1;
  return compareLabels(a.labels, b.labels);
}

function compareLabels(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareLabel(left, right);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}

/** int.TryParse takes a sign, so `1.0.0--1` has the label minus one. */
function compareLabel(a: string, b: string): -1 | 0 | 1 {
  const left = isNumericLabel(a);
  if (left !== isNumericLabel(b)) return left ? -1 : 1;
  return left ? (Math.sign(Number(a) - Number(b)) as -1 | 0 | 1) : compareText(a, b);
}
