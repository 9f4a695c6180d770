import { ContentFault, type PreviousRevision } from '../../model/index.ts';
import { APT_LIMITS } from './limits.ts';
import type { Release } from './release-file.ts';

/**
 * What must hold of a validly signed Release: it is for now, not older than what was seen, and of the suite that was asked for.
 *
 * @throws ContentFault `expired`, `rolled-back`, `from-the-future`, `malformed` (another suite's)
 */
export function checkRelease(
  release: Release,
  asked: { readonly suite: string; readonly now: Date; readonly previous: PreviousRevision | null },
  name: string,
): void {
  const { date, validUntil } = release;
  const { now } = asked;
  const newest = asked.previous?.newestDate ?? null;
  const fault = (code: ContentFault['code'], why: string): ContentFault =>
    new ContentFault(code, `${name} is validly signed, but ${why}`, { path: name });
  if (date.getTime() > now.getTime() + APT_LIMITS.clockAheadMs)
    throw fault('from-the-future', `dated ${date.toISOString()}, which is yet to come: check this machine's clock`);
  if (newest !== null && date < newest)
    throw fault(
      'rolled-back',
      `dated ${date.toISOString()}, and a state of ${newest.toISOString()} was seen already: upstream, or somebody on the way, shows an old state`,
    );
  if (validUntil !== null && validUntil < now)
    throw fault(
      'expired',
      `was valid until ${validUntil.toISOString()}: upstream is stale, or somebody on the way holds newer states back`,
    );
  if (!isOfSuite(release, asked.suite))
    throw fault(
      'malformed',
      `is of suite ${release.suite ?? '(none)'}, codename ${release.codename ?? '(none)'}, where ${asked.suite} was asked for: another suite's Release was put here`,
    );
}

/** As apt's metaIndex::CheckDist, which only warns. A flat repository has no suite, and a Release that names none can't be held to it. */
function isOfSuite({ suite, codename }: Release, asked: string): boolean {
  if (asked.endsWith('/') || (suite === null && codename === null)) return true;
  // `buster/updates` was how the security archive wrote it.
  const slash = asked.lastIndexOf('/');
  const names = slash === -1 ? [asked] : [asked, asked.slice(0, slash)];
  return names.some((one) => one === suite || one === codename);
}
