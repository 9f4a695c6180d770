import { compareVersions } from '../compare-versions.ts';
import type { Vers } from './vers.ts';

/**
 * "Checking if a version is contained within a range". A lone `<2` or `!=2`, of which the specification's procedure does
 * not speak, means what it says: everything before 2, everything but 2.
 * @throws VersionError `not-a-version`, `not-comparable`; also `unknown-scheme` for a scheme that is not built in.
 */
export function versContains({ type, scheme, constraints }: Vers, version: string): boolean {
  if (scheme === null) return type === 'all';
  let hasOthersThanExclusions = false;
  let below: string | null = null;
  for (const constraint of constraints) {
    const { comparator } = constraint;
    if (comparator === '*') return compareVersions(scheme, version, version) === 0;
    const order = compareVersions(scheme, version, constraint.version);
    if (order === 0) return comparator === '=' || comparator === '<=' || comparator === '>=';
    if (comparator === '!=') continue;
    hasOthersThanExclusions = true;
    if (comparator === '=') continue;
    if (order < 0) return comparator === '<' || comparator === '<=';
    below = comparator;
  }
  return hasOthersThanExclusions ? below === '>' || below === '>=' : true;
}
