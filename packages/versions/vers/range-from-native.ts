import { comparatorSpans, plainReading } from './native/comparators.ts';
import { bracketSpans } from './native/brackets.ts';
import { readComposerComparator } from './native/composer.ts';
import { readGemComparator } from './native/gem.ts';
import { npmSpans } from './native/npm.ts';
import { notARange, RANGE_LIMIT_CHARACTERS } from './range-error.ts';
import type { Span } from './spans.ts';
import { rangeOfSpans } from './vers-spans.ts';
import type { Vers } from './vers.ts';

/**
 * A range in an ecosystem's own notation: node-semver's for npm, `~> 1.2, >= 1.2.3` for gem, `>=1,<2|>=3` for composer,
 * `[1,2)` for maven and nuget, where a version alone is NuGet's "at least", and for all of them and all other schemes
 * the comparators `= == != < <= > >=` with comma or blank for and, `|` or `||` for or.
 * @throws VersionError `not-a-range` (with the reason; also for a range that holds no version), `not-a-version`,
 * `not-comparable`, `unknown-scheme`.
 */
export function rangeFromNative(scheme: string, text: string): Vers {
  if (text.length > RANGE_LIMIT_CHARACTERS) throw notARange(scheme, text, 'it is too long');
  return rangeOfSpans(scheme, text, spansOfNative(scheme, text));
}

function spansOfNative(scheme: string, text: string): readonly Span[] {
  switch (scheme) {
    case 'npm':
      return npmSpans(text);
    case 'gem':
      return comparatorSpans(scheme, text, readGemComparator);
    case 'composer':
      return comparatorSpans(scheme, text, readComposerComparator);
    case 'maven':
    case 'nuget':
      if (/^\s*[[(]/.test(text)) return bracketSpans(scheme, text);
      return comparatorSpans(scheme, text, (comparator, version) =>
        comparator === '' ? bareVersion(scheme, text, version) : plainReading(comparator, version),
      );
    default:
      return comparatorSpans(scheme, text, plainReading);
  }
}

/** A bare version is a minimum to NuGet, and to Maven a wish that any version grants. */
function bareVersion(scheme: string, text: string, version: string): readonly Span[] {
  if (scheme === 'maven') throw notARange(scheme, text, 'a bare version is a wish to Maven, not a range');
  return plainReading('>=', version) ?? [];
}
