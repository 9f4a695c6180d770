import { compareNumberLists } from '../number-lists.ts';
import type { WindowsVersion } from './parse.ts';

/**
 * Number by number. One that is not written is 0, as in the VERSIONINFO resource, which always has four.
 * null: a single number against several; `19045` may be the third number of `10.0.19045.3803`, or a whole version.
 */
export function compareWindowsVersions(a: WindowsVersion, b: WindowsVersion): -1 | 0 | 1 | null {
  if ((a.length === 1) !== (b.length === 1)) return null;
  return compareNumberLists(a, b);
}
