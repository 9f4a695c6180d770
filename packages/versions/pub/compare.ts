import type { PubIdentifier, PubVersion } from './parse.ts';

/** pub_semver, Version.compareTo: unlike in SemVer a build comes after the version without one, and builds have an order. */
export function comparePubVersions(a: PubVersion, b: PubVersion): -1 | 0 | 1 {
  const release = compareLists(a.release, b.release);
  if (release !== 0) return release;
  if (a.prerelease.length > 0 !== b.prerelease.length > 0) return a.prerelease.length > 0 ? -1 : 1;
  return compareLists(a.prerelease, b.prerelease) || compareLists(a.build, b.build);
}

function compareLists(a: readonly PubIdentifier[], b: readonly PubIdentifier[]): -1 | 0 | 1 {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    if (typeof left !== typeof right) return typeof left === 'bigint' ? -1 : 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length < b.length ? -1 : 0;
}
