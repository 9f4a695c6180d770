import type { Interval } from '../model/index.ts';
import type { Rule } from './assessment.ts';
import type { Position } from './version-position.ts';
import { orderOrNull } from './version-position.ts';

/** Whether a version is among those that a claim speaks of, and by which comparison this was decided. */
export interface Placement {
  /** null: could not be decided. */
  readonly inside: boolean | null;
  readonly rule: Rule;
  readonly boundary: string | null;
  readonly comparison: '<' | '=' | '>' | null;
  /** The fixed end of the interval that it is in. */
  readonly fixed: string | null;
}

interface Versions {
  readonly scheme: string;
  readonly intervals: readonly Interval[];
  readonly versions: readonly string[];
}

/**
 * The evaluation of the OSV schema: affected when the record lists the version, or when any interval holds it; both lists
 * empty means every version. What can't be compared is not decided, unless something else decides it.
 */
export function placeVersion(claim: Versions, installed: string, position: Position): Placement {
  if (claim.versions.length === 0 && claim.intervals.length === 0)
    return { inside: true, rule: 'every-version', boundary: null, comparison: null, fixed: null };
  const placed = claim.intervals.map((interval) => ({ interval, inside: isInside(interval, position) }));
  const within = placed.find(({ inside }) => inside === true);
  if (within !== undefined) return insidePlacement(within.interval, position);
  if (isListed(claim, installed, position))
    return { inside: true, rule: 'listed', boundary: installed, comparison: '=', fixed: null };
  const undecided = placed.find(({ inside }) => inside === null);
  if (undecided !== undefined) return undecidedPlacement(undecided.interval, position);
  if (claim.intervals.length === 0)
    return { inside: false, rule: 'not-listed', boundary: null, comparison: null, fixed: null };
  return outsidePlacement(claim, position);
}

/** Three-valued: one end that excludes the version decides, though the other can't be compared. */
function isInside(interval: Interval, position: Position): boolean | null {
  const start = isAfterStart(interval, position);
  if (start === false) return false;
  const end = isBeforeEnd(interval, position);
  if (end === false) return false;
  return start === null || end === null ? null : true;
}

/** OSV writes `0` for 'from the first version on', in every ecosystem. */
const startsAtFirst = ({ introduced }: Interval): boolean => introduced === null || introduced === '0';

function isAfterStart(interval: Interval, position: Position): boolean | null {
  if (startsAtFirst(interval) || interval.introduced === null) return true;
  const order = position(interval.introduced);
  return order === null ? null : order >= 0;
}

function isBeforeEnd({ fixed, lastAffected }: Interval, position: Position): boolean | null {
  const end = fixed ?? lastAffected;
  if (end === null) return true;
  const order = position(end);
  if (order === null) return null;
  return fixed === null ? order <= 0 : order < 0;
}

/** Registries compare versions, not texts: PyPI's `1.0` is its `1.0.0`. Where intervals decide too, the exact text is enough. */
function isListed(claim: Versions, installed: string, position: Position): boolean {
  if (claim.versions.includes(installed)) return true;
  return claim.intervals.length === 0 && claim.versions.some((version) => position(version) === 0);
}

function insidePlacement(interval: Interval, position: Position): Placement {
  const { fixed } = interval;
  if (fixed !== null) return { inside: true, rule: 'below-fixed', boundary: fixed, comparison: '<', fixed };
  const boundary = interval.lastAffected ?? (startsAtFirst(interval) ? null : interval.introduced);
  if (boundary === null) return { inside: true, rule: 'every-version', boundary, comparison: null, fixed };
  return { inside: true, rule: 'in-interval', boundary, comparison: sign(position(boundary)), fixed };
}

function undecidedPlacement({ introduced, fixed, lastAffected }: Interval, position: Position): Placement {
  const ends = [fixed, lastAffected, introduced].filter((end) => end !== null);
  const boundary = ends.find((end) => position(end) === null) ?? null;
  return { inside: null, rule: 'in-interval', boundary, comparison: null, fixed: null };
}

/** Shows the boundary nearest below the version, so that the reader sees which repair it has; else the nearest above. */
function outsidePlacement(claim: Versions, position: Position): Placement {
  let passed: { boundary: string; rule: Rule } | null = null;
  let ahead: string | null = null;
  for (const { introduced, fixed, lastAffected } of claim.intervals) {
    const end = fixed ?? lastAffected;
    const order = end === null ? null : position(end);
    if (end !== null && order !== null && order >= 0) {
      if (passed === null || orderOrNull(claim.scheme, end, passed.boundary) === 1)
        passed = { boundary: end, rule: fixed === null ? 'outside-intervals' : 'at-or-above-fixed' };
    } else if (introduced !== null && (ahead === null || orderOrNull(claim.scheme, introduced, ahead) === -1)) {
      ahead = introduced;
    }
  }
  const { boundary, rule } = passed ?? { boundary: ahead, rule: 'outside-intervals' as const };
  const comparison = boundary === null ? null : sign(position(boundary));
  return { inside: false, rule, boundary, comparison, fixed: null };
}

function sign(order: -1 | 0 | 1 | null): '<' | '=' | '>' | null {
  if (order === null) return null;
  return order < 0 ? '<' : order === 0 ? '=' : '>';
}
