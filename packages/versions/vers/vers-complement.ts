import { complement } from './spans.ts';
import { spansOfVers, versOfSpans } from './vers-spans.ts';
import type { Vers } from './vers.ts';

/** All other versions: what is affected, where a feed says which versions are patched or never were. */
export function versComplement(range: Vers): Vers {
  if (range.scheme === null) return { ...range, type: range.type === 'all' ? 'none' : 'all' };
  return versOfSpans(range.scheme, complement(spansOfVers(range)));
}
