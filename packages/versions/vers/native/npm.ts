import semver from 'semver';
import { notARange } from '../range-error.ts';
import { EVERYTHING, intersection, spansOf, union, type Span } from '../spans.ts';

/**
 * node-semver's own grammar (`^1.2.3 || ~2.0 || 3.x || 4.0.0 - 4.2.0`), read by node-semver; a comma, as GitHub writes it,
 * means and. Pre-releases are versions like others here: `<2.0.0` contains 2.0.0-rc.1, and `^1.2.3` ends before 2.0.0-0.
 */
export function npmSpans(text: string): readonly Span[] {
  if (text.trim() === '') throw notARange('npm', text, 'there is nothing in it');
  return rangeOf(text).set.flatMap((comparators) =>
    comparators.reduce<readonly Span[]>(
      (left, comparator) => intersection('npm', left, union('npm', spansOfComparator(comparator))),
      [EVERYTHING],
    ),
  );
}

function spansOfComparator({ operator, semver: version }: semver.Comparator): readonly Span[] {
  // `*` has a symbol in place of the version, which the types do not say.
  if (!(version instanceof semver.SemVer)) return [EVERYTHING];
  return spansOf(operator === '' ? '=' : operator, version.version);
}

function rangeOf(text: string): semver.Range {
  try {
    return new semver.Range(text.replaceAll(',', ' '), { includePrerelease: true });
  } catch (error) {
    throw notARange('npm', text, error instanceof Error ? error.message : 'node-semver refuses it');
  }
}
