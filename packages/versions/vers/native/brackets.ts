import { isVersion } from '../../compare-versions.ts';
import { VersionError } from '../../version-error.ts';
import { notARange } from '../range-error.ts';
import { union, type Bound, type Span } from '../spans.ts';

const INTERVAL = /\s*([[(])\s*([^\s,[\]()]*)\s*(,)?\s*([^\s,[\]()]*)\s*([\])])\s*(,|$)/y;

/** Maven's and NuGet's `[1.0,2.0)`, `(,1.0]`, `[1.5]` and, a comma between, several of them. */
export function bracketSpans(scheme: string, text: string): readonly Span[] {
  const spans: Span[] = [];
  INTERVAL.lastIndex = 0;
  let isOpen = true;
  while (isOpen) {
    const match = INTERVAL.exec(text);
    if (match === null) throw notARange(scheme, text, 'its brackets and commas are not those of intervals');
    const [, opening, from = '', comma, to = '', closing, separator] = match;
    const isSingle = comma === undefined;
    if (isSingle && (from === '' || to !== '' || opening !== '[' || closing !== ']'))
      throw notARange(scheme, text, 'a single version stands between square brackets');
    const low = boundOf(scheme, from, opening === '[');
    const span = { low, high: isSingle ? low : boundOf(scheme, to, closing === ']') };
    if (union(scheme, [span]).length === 0) throw notARange(scheme, text, 'an interval ends before it begins');
    spans.push(span);
    isOpen = separator === ',';
  }
  return spans;
}

function boundOf(scheme: string, version: string, inclusive: boolean): Bound | null {
  if (version === '') return null;
  if (isVersion(scheme, version)) return { version, inclusive };
  const shown = JSON.stringify(version.slice(0, 100));
  throw new VersionError('not-a-version', scheme, version, `${shown} is not a ${scheme} version`);
}
