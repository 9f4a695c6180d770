import type { Claim } from '../model/index.ts';
import { buildFamily } from './build-family.ts';

/**
 * Whether a claim and a package are of the same module stream. A claim of `nodejs:18` never speaks of a package outside of
 * modules, nor of one of `nodejs:20`, and the other way round. Where a build's version shows that it comes from a module
 * (`.module+el8`) and nobody names the stream, the answer is unknown.
 */
export function moduleFit(claim: Claim, module: string | null, installed: string): 'same' | 'other' | 'unknown' {
  const fixed = claim.fix.version ?? claim.intervals.find((interval) => interval.fixed !== null)?.fixed ?? '';
  const theirs = streamOf(claim.module, fixed);
  const ours = streamOf(module, installed);
  if (theirs === UNSTATED || ours === UNSTATED) return theirs === null || ours === null ? 'other' : 'unknown';
  return theirs === ours ? 'same' : 'other';
}

const UNSTATED = '?';

/** Name and stream, without the module's own version and context (`nodejs:18:8090020240301:a75119d5`). */
function streamOf(module: string | null, version: string): string | null {
  if (module !== null && module !== '') return module.split(':').slice(0, 2).join(':');
  return buildFamily(version).modular ? UNSTATED : null;
}
