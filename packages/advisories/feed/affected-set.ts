import type { Claim } from '../model/index.ts';
import { complement, fixOf, intervalsOf, intersection, union, type VersionSet } from './requirements/version-set.ts';

export type Affected = Pick<Claim, 'status' | 'intervals' | 'versions' | 'fix' | 'vendorStatus'>;

/**
 * What is affected when a publisher states, as requirements, which versions are safe: all others. A requirement that is not
 * understood leaves it undecided, for every version and with the reason: nothing is guessed and nothing is lost.
 */
export function unsafeVersions(
  scheme: string,
  safe: readonly string[],
  read: (requirement: string) => VersionSet | null,
  within: VersionSet | null = null,
): Affected {
  const sets: VersionSet[] = [];
  for (const requirement of safe) {
    const set = read(requirement);
    if (set === null) return undecided(requirement);
    sets.push(set);
  }
  const unsafe = complement(union(scheme, sets));
  return affectedIn(within === null ? unsafe : intersection(within, unsafe));
}

/** The versions of a set as affected; an empty set is a record that contradicts itself. */
export function affectedIn(set: VersionSet): Affected {
  if (set.spans.length === 0) return undecided('no version is left');
  return { status: 'affected', intervals: intervalsOf(set), versions: [], fix: fixOf(set), vendorStatus: null };
}

export function undecided(text: string): Affected {
  const vendorStatus = `versions not understood: ${text.slice(0, 200)}`;
  return {
    status: 'under-investigation',
    intervals: [],
    versions: [],
    fix: { state: 'unknown', version: null },
    vendorStatus,
  };
}
