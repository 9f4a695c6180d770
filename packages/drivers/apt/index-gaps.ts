import type { Gap } from '@thimble/protocol';
import type { PackageIndex } from './index-targets.ts';
import { isSecurityOrigin } from './security.ts';

/**
 * Indexes that their publisher does not vouch for any more. apt takes them where its configuration says so
 * (`Acquire::Check-Valid-Until "false"`, `[check-valid-until=no]`), or when it has not fetched since; which versions are
 * newer is unknown either way.
 */
export function expiredIndexes(
  indexes: readonly Pick<PackageIndex, 'releasePrefix' | 'repositoryUri' | 'suite' | 'release'>[],
  nowMs: number,
): readonly Gap[] {
  const gaps = new Map<string, Gap>();
  for (const { releasePrefix, repositoryUri, suite, release } of indexes) {
    const validUntil = release?.validUntil ?? null;
    if (validUntil === null || Date.parse(validUntil) >= nowMs) continue;
    const day = `${validUntil.slice(0, 16).replace('T', ' ')} UTC`;
    const why = `the index of ${repositoryUri} ${suite} expired on ${day}; newer security updates may exist`;
    gaps.set(releasePrefix, { what: 'package indexes', why });
  }
  return [...gaps.values()];
}

/** Without a security pocket (Debian sid, Kali, a vendor's repository alone) no update says that it is for security. */
export function withoutSecurity(indexes: readonly Pick<PackageIndex, 'trusted' | 'origin'>[]): readonly Gap[] {
  // That nothing was fetched yet is a gap of its own.
  if (indexes.length === 0 || indexes.some(({ trusted, origin }) => trusted && isSecurityOrigin(origin))) return [];
  const why = 'no security repository is configured: which updates are for security is unknown';
  return [{ what: 'security updates', why }];
}
