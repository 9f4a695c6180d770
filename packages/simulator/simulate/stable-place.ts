import { fnv1a } from '../random/fnv1a.ts';

/** Where a thing stands between 0 and 1: the same in each simulation, whatever else there is. */
export function stablePlace(what: string): number {
  // One more round each way: the low bits of FNV-1a alone are not spread for texts that end alike.
  let hash = fnv1a(what);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
