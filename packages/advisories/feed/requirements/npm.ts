import semver from 'semver';
import { everything, intersection, union, type Cut, type Span, type VersionSet } from './version-set.ts';

const LONGEST_RANGE = 2_000;
/** Node's own records have eight release lines; every one is compared with every other. */
const MOST_ALTERNATIVES = 100;

/**
 * A range of npm (`^1.2.0 || >=3 <3.4`), pre-releases included, as npm's own audit reads it: 2.0.0-rc.1 lies in `<2.0.0`.
 * Null: not understood.
 */
export function npmRange(text: string): VersionSet | null {
  if (text.length > LONGEST_RANGE) return null;
  try {
    const range = new semver.Range(text, { includePrerelease: true, loose: true });
    if (range.set.length > MOST_ALTERNATIVES) return null;
    return union(
      'npm',
      range.set.map((comparators) =>
        comparators
          .map((comparator) => ({ scheme: 'npm', spans: [spanOf(comparator)] }))
          .reduce(intersection, everything('npm')),
      ),
    );
  } catch {
    // The library throws for what is no range.
    return null;
  }
}

function spanOf({ operator, semver: bound }: semver.Comparator): Span {
  // `*`: the library's mark for any version is no SemVer object.
  if (!(bound instanceof semver.SemVer)) return { from: null, to: null };
  const { version } = bound;
  const artificial = bound.prerelease.length === 1 && bound.prerelease[0] === 0;
  const before: Cut = { version, after: false, ...(artificial ? { artificial } : {}) };
  const after: Cut = { version, after: true };
  switch (operator) {
    case '>=':
      return { from: before, to: null };
    case '>':
      return { from: after, to: null };
    case '<':
      return { from: null, to: before };
    case '<=':
      return { from: null, to: after };
    default:
      return { from: before, to: after };
  }
}
