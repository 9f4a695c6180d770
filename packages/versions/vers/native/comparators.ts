import { isVersion } from '../../compare-versions.ts';
import { VersionError } from '../../version-error.ts';
import { notARange } from '../range-error.ts';
import { intersection, spansOf, union, EVERYTHING, type Span } from '../spans.ts';

/** What one comparator and its version stand for; null: the scheme does not know the comparator. */
export type Reading = (comparator: string, version: string) => readonly Span[] | null;

/**
 * `>= 1.0, < 2.0 || 3.1`: a comma or a blank means and, `|` and `||` mean or, no comparator means equal, `*` everything.
 * @throws VersionError `not-a-range`, `not-a-version`.
 */
export function comparatorSpans(scheme: string, text: string, read: Reading): readonly Span[] {
  const alternatives = text.split(/\|\|?/).map((part) => part.trim());
  return alternatives.flatMap((alternative) => {
    if (alternative === '*') return [EVERYTHING];
    const parts = partsOf(scheme, text, alternative);
    return parts.reduce<readonly Span[]>(
      (left, [comparator, version]) => intersection(scheme, left, spansOfPart(scheme, text, comparator, version, read)),
      [EVERYTHING],
    );
  });
}

/** `=` also as `==`, as Python and many advisories write it. */
export function plainReading(comparator: string, version: string): readonly Span[] | null {
  switch (comparator) {
    case '':
    case '=':
    case '==':
      return spansOf('=', version);
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return spansOf(comparator, version);
    default:
      return null;
  }
}

const PART = /\s*([<>=!~^]{0,3})\s*((?:[^\s,<>=^!~]|[!~](?![=>]))+)\s*(?:,|(?=[\s<>=!~^])|$)/y;

function partsOf(scheme: string, text: string, alternative: string): readonly (readonly [string, string])[] {
  const parts: (readonly [string, string])[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < alternative.length) {
    const at = PART.lastIndex;
    const [, comparator, version] = PART.exec(alternative) ?? [];
    if (comparator === undefined || version === undefined)
      throw notARange(
        scheme,
        text,
        `${JSON.stringify(alternative.slice(at, at + 50))} is not a comparator and a version`,
      );
    parts.push([comparator, version]);
  }
  if (parts.length === 0) throw notARange(scheme, text, 'there is nothing between two bars, or nothing at all');
  return parts;
}

function spansOfPart(
  scheme: string,
  text: string,
  comparator: string,
  version: string,
  read: Reading,
): readonly Span[] {
  if (!isVersion(scheme, version)) {
    const shown = JSON.stringify(version.slice(0, 100));
    throw new VersionError('not-a-version', scheme, version, `${shown} is not a ${scheme} version`);
  }
  const spans = read(comparator, version);
  if (spans === null) throw notARange(scheme, text, `'${comparator}' is no comparator of ${scheme}`);
  return union(scheme, spans);
}
