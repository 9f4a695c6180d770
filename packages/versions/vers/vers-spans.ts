import { notARange } from './range-error.ts';
import { constraintsOf, EVERYTHING, intersection, spansOf, union, type Bound, type Span } from './spans.ts';
import { versTypeOf } from './vers-type.ts';
import type { Vers } from './vers.ts';

/** The stretches of versions that a range stands for, ascending and apart. */
export function spansOfVers({ type, scheme, constraints }: Vers): readonly Span[] {
  if (scheme === null) return type === 'all' ? [EVERYTHING] : [];
  const spans: Span[] = [];
  const exclusions: (readonly Span[])[] = [];
  let low: Bound | null = null;
  for (const { comparator, version } of constraints) {
    switch (comparator) {
      case '*':
        return [EVERYTHING];
      case '=':
        spans.push(...spansOf(comparator, version));
        break;
      case '!=':
        exclusions.push(spansOf(comparator, version));
        break;
      case '>':
      case '>=':
        low = { version, inclusive: comparator === '>=' };
        break;
      case '<':
      case '<=':
        spans.push({ low, high: { version, inclusive: comparator === '<=' } });
        low = null;
        break;
    }
  }
  if (low !== null) spans.push({ low, high: null });
  if (exclusions.length === constraints.length) spans.push(EVERYTHING);
  return exclusions.reduce<readonly Span[]>(
    (left, exclusion) => intersection(scheme, left, exclusion),
    union(scheme, spans),
  );
}

/** The range in canonical form; `vers:none/*` when there is nothing in it. @throws VersionError `unknown-scheme`. */
export function versOfSpans(scheme: string, spans: readonly Span[]): Vers {
  const constraints = constraintsOf(scheme, union(scheme, spans));
  if (constraints.length === 0) return { type: 'none', scheme: null, constraints: [{ comparator: '*', version: '' }] };
  return { type: versTypeOf(scheme), scheme, constraints };
}

/** As `versOfSpans`, for what somebody wrote down as a range: one that holds nothing is a mistake. */
export function rangeOfSpans(scheme: string, text: string, spans: readonly Span[]): Vers {
  const range = versOfSpans(scheme, spans);
  if (range.type === 'none') throw notARange(scheme, text, 'no version can be in it');
  return range;
}
