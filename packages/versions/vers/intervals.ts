import { compareVersions } from '../compare-versions.ts';
import { VersionError } from '../version-error.ts';
import { notARange } from './range-error.ts';
import type { Bound, Span } from './spans.ts';
import { spansOfVers, versOfSpans } from './vers-spans.ts';
import type { Vers } from './vers.ts';

/**
 * A stretch of versions as OSV's events and our claims have it. `introduced` null: from the first version on. It ends
 * before `fixed` or with `lastAffected`; both null: it has no end. At most one of the two is set.
 */
export interface VersionInterval {
  readonly introduced: string | null;
  readonly fixed: string | null;
  readonly lastAffected: string | null;
}

/** OSV's name for "before the first version", also where no version of the scheme is written so. */
const OSV_BEGINNING = '0';

/**
 * The canonical range of the same versions: sorted, overlaps joined; `vers:none/*` for no intervals.
 * @throws VersionError `not-a-range` for an interval that ends before it begins or ends twice; `unknown-scheme`,
 * `not-a-version`, `not-comparable`.
 */
export function intervalsToVers(scheme: string, intervals: readonly VersionInterval[]): Vers {
  return versOfSpans(
    scheme,
    intervals.map((interval) => spanOf(scheme, interval)),
  );
}

/**
 * The way back. An interval cannot begin behind a version, so what VERS writes as `>1` or `!=1` has none.
 * @throws VersionError `not-a-range`.
 */
export function versToIntervals(range: Vers): readonly VersionInterval[] {
  return spansOfVers(range).map(({ low, high }) => {
    if (low !== null && !low.inclusive)
      throw notARange(range.scheme ?? range.type, `>${low.version}`, 'an interval cannot begin behind a version');
    return {
      introduced: low?.version ?? null,
      fixed: high?.inclusive === false ? high.version : null,
      lastAffected: high?.inclusive === true ? high.version : null,
    };
  });
}

function spanOf(scheme: string, { introduced, fixed, lastAffected }: VersionInterval): Span {
  const text = JSON.stringify({ introduced, fixed, lastAffected });
  if (fixed !== null && lastAffected !== null) throw notARange(scheme, text, 'it has two ends');
  const low: Bound | null =
    introduced === null || introduced === OSV_BEGINNING ? null : { version: introduced, inclusive: true };
  const end = fixed ?? lastAffected;
  const high: Bound | null = end === null ? null : { version: end, inclusive: lastAffected !== null };
  if (low !== null && high !== null) {
    const order = compareVersions(scheme, low.version, high.version);
    if (order > 0 || (order === 0 && !high.inclusive)) throw notARange(scheme, text, 'it ends before it begins');
  }
  for (const bound of [low, high]) if (bound !== null) assertVersion(scheme, bound.version);
  return { low, high };
}

/** A single version is compared with nothing when the bounds are sorted, so that garbage would pass. */
function assertVersion(scheme: string, version: string): void {
  try {
    compareVersions(scheme, version, version);
  } catch (error) {
    if (error instanceof VersionError && error.code === 'not-comparable') return;
    throw error;
  }
}
