import { compareVersions } from '../compare-versions.ts';
import type { VersComparator, VersConstraint } from './vers.ts';

export interface Bound {
  readonly version: string;
  readonly inclusive: boolean;
}

/** An unbroken stretch of versions; null: without an end on that side. */
export interface Span {
  readonly low: Bound | null;
  readonly high: Bound | null;
}

export const EVERYTHING: Span = { low: null, high: null };

/** Whatever the order and overlaps of `spans`: the same versions, as stretches that do not touch, in ascending order. */
export function union(scheme: string, spans: readonly Span[]): readonly Span[] {
  const sorted = spans.filter((span) => !isEmpty(scheme, span)).sort((a, b) => compareLows(scheme, a.low, b.low));
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || !touches(scheme, last.high, span.low)) merged.push(span);
    else merged[merged.length - 1] = { low: last.low, high: laterHigh(scheme, last.high, span.high) };
  }
  return merged;
}

/** Both lists as `union` gives them. */
export function intersection(scheme: string, a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const found: Span[] = [];
  let i = 0;
  let j = 0;
  for (let left = a[0], right = b[0]; left !== undefined && right !== undefined; left = a[i], right = b[j]) {
    const low = compareLows(scheme, left.low, right.low) < 0 ? right.low : left.low;
    const leftEndsFirst = compareHighs(scheme, left.high, right.high) < 0;
    const span = { low, high: leftEndsFirst ? left.high : right.high };
    if (!isEmpty(scheme, span)) found.push(span);
    if (leftEndsFirst) i += 1;
    else j += 1;
  }
  return found;
}

/** Of a list as `union` gives it. */
export function complement(spans: readonly Span[]): readonly Span[] {
  const gaps: Span[] = [];
  let low: Bound | null = null;
  for (const [index, span] of spans.entries()) {
    if (span.low !== null) gaps.push({ low, high: turned(span.low) });
    if (span.high === null) return gaps;
    low = turned(span.high);
    if (index === spans.length - 1) gaps.push({ low, high: null });
  }
  return spans.length === 0 ? [EVERYTHING] : gaps;
}

/** Of a list as `union` gives it. Empty for no spans; each version occurs once, as VERS demands. */
export function constraintsOf(scheme: string, spans: readonly Span[]): readonly VersConstraint[] {
  const [first] = spans;
  if (first !== undefined && first.low === null && first.high === null) return [{ comparator: '*', version: '' }];
  const constraints: VersConstraint[] = [];
  for (const { low, high } of spans) {
    if (low !== null && high !== null && compareVersions(scheme, low.version, high.version) === 0) {
      constraints.push({ comparator: '=', version: low.version });
      continue;
    }
    if (low !== null) {
      const last = constraints.at(-1);
      if (last !== undefined && compareVersions(scheme, last.version, low.version) === 0)
        constraints[constraints.length - 1] = { comparator: '!=', version: low.version };
      else constraints.push({ comparator: low.inclusive ? '>=' : '>', version: low.version });
    }
    if (high !== null) constraints.push({ comparator: high.inclusive ? '<=' : '<', version: high.version });
  }
  return constraints;
}

/** What a single comparator stands for. */
export function spansOf(comparator: VersComparator, version: string): readonly Span[] {
  const open = { version, inclusive: false };
  const closed = { version, inclusive: true };
  switch (comparator) {
    case '=':
      return [{ low: closed, high: closed }];
    case '!=':
      return [
        { low: null, high: open },
        { low: open, high: null },
      ];
    case '<':
      return [{ low: null, high: open }];
    case '<=':
      return [{ low: null, high: closed }];
    case '>':
      return [{ low: open, high: null }];
    case '>=':
      return [{ low: closed, high: null }];
  }
}

function turned({ version, inclusive }: Bound): Bound {
  return { version, inclusive: !inclusive };
}

function isEmpty(scheme: string, { low, high }: Span): boolean {
  if (low === null || high === null) return false;
  const order = compareVersions(scheme, low.version, high.version);
  return order > 0 || (order === 0 && !(low.inclusive && high.inclusive));
}

function compareLows(scheme: string, a: Bound | null, b: Bound | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return compareVersions(scheme, a.version, b.version) || Number(b.inclusive) - Number(a.inclusive);
}

function compareHighs(scheme: string, a: Bound | null, b: Bound | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return compareVersions(scheme, a.version, b.version) || Number(a.inclusive) - Number(b.inclusive);
}

function laterHigh(scheme: string, a: Bound | null, b: Bound | null): Bound | null {
  return compareHighs(scheme, a, b) < 0 ? b : a;
}

/** Nothing lies between the end of one stretch and the beginning of the next. */
function touches(scheme: string, high: Bound | null, low: Bound | null): boolean {
  if (high === null || low === null) return true;
  const order = compareVersions(scheme, high.version, low.version);
  return order > 0 || (order === 0 && (high.inclusive || low.inclusive));
}
