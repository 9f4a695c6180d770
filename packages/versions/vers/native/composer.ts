import type { Span } from '../spans.ts';
import { plainReading } from './comparators.ts';

/**
 * Composer\Semver\VersionParser::parseConstraint: `<2` excludes and `>=2` includes the pre-releases of 2, by a `-dev` that
 * is put behind a version without a stability. Its carets, tildes and wildcards occur in no advisory and are refused.
 */
export function readComposerComparator(comparator: string, version: string): readonly Span[] | null {
  if (comparator === '<>') return plainReading('!=', version);
  if (version.includes('@')) return null;
  const isBare = !STABILITY.test(version);
  const bound = isBare && (comparator === '<' || comparator === '>=') ? `${version.replace(/\+.*$/, '')}-dev` : version;
  return plainReading(comparator, bound);
}

/** As Composer looks for it: behind a hyphen, possibly empty. */
const STABILITY = /-[._-]?(?:(?:stable|beta|b|rc|alpha|a|patch|pl|p)(?:[.-]?[0-9]+)*)?(?:[.-]?dev)?$/i;
