import type { Interval } from './window-rule.ts';

// Sets of moments as lists of stretches. What these functions return is sorted, disjoint and without empty stretches, and stretches
// that touch are one: an installation may go from one into the other.

/** What is in any of the lists, which may be in any order and overlap. */
export function union(...lists: readonly (readonly Interval[])[]): readonly Interval[] {
  const sorted = lists
    .flat()
    .filter(({ startMs, endMs }) => startMs < endMs)
    .sort((a, b) => a.startMs - b.startMs);
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last === undefined || next.startMs > last.endMs) merged.push({ startMs: next.startMs, endMs: next.endMs });
    else if (next.endMs > last.endMs) merged[merged.length - 1] = { startMs: last.startMs, endMs: next.endMs };
  }
  return merged;
}

/** What is in both. */
export function intersect(left: readonly Interval[], right: readonly Interval[]): readonly Interval[] {
  const a = union(left);
  const b = union(right);
  const both: Interval[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const one = a[i];
    const other = b[j];
    if (one === undefined || other === undefined) return both;
    const startMs = Math.max(one.startMs, other.startMs);
    const endMs = Math.min(one.endMs, other.endMs);
    if (startMs < endMs) both.push({ startMs, endMs });
    if (one.endMs < other.endMs) i++;
    else j++;
  }
}

/** What of the windows is left outside the blackouts. */
export function subtract(windows: readonly Interval[], blackouts: readonly Interval[]): readonly Interval[] {
  const dark = union(blackouts);
  const left: Interval[] = [];
  let first = 0;
  for (const { startMs, endMs } of union(windows)) {
    let fromMs = startMs;
    while ((dark[first]?.endMs ?? Infinity) <= startMs) first++;
    for (let index = first; ; index++) {
      const next = dark[index];
      if (next === undefined || next.startMs >= endMs) break;
      if (next.startMs > fromMs) left.push({ startMs: fromMs, endMs: next.startMs });
      fromMs = Math.max(fromMs, next.endMs);
    }
    if (fromMs < endMs) left.push({ startMs: fromMs, endMs });
  }
  return left;
}

/** The stretch of a sorted, disjoint list that is open at this moment; null: none is. */
export function openAt(intervals: readonly Interval[], nowMs: number): Interval | null {
  const found = intervals[firstThatEndsAfter(intervals, nowMs)];
  return found !== undefined && found.startMs <= nowMs ? found : null;
}

/** Index of the first stretch of a sorted, disjoint list that ends after this moment; the list's length: none does. */
export function firstThatEndsAfter(intervals: readonly Interval[], momentMs: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle]?.endMs ?? Infinity) <= momentMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
