import type { Claim } from '../../model/index.ts';
import { EMPTY_CLAIM, fixedIn } from '../record.ts';
import type { PackageSubject } from './package-name.ts';
import type { Statement } from './statements.ts';

/**
 * Statements about rpm packages as claims. Packages of one version that differ only in architecture become one claim.
 * Sources of a fixed build are left out: its packages are listed one by one.
 */
export function packageClaims(
  stated: readonly { readonly subject: PackageSubject; readonly statement: Statement }[],
  vulnerability: string,
  complain: (reason: string) => void,
): readonly Claim[] {
  const claims = new Map<string, Claim>();
  const withPackages = new Set(
    stated.filter(({ subject }) => subject.nameKinds.includes('binary')).map(({ subject }) => placeOf(subject)),
  );
  for (const { subject, statement } of stated) {
    const sourceOnly = subject.nameKinds.length === 1 && subject.nameKinds[0] === 'source';
    if (sourceOnly && subject.version !== null && withPackages.has(placeOf(subject))) continue;
    const meaning = meaningOf(subject, statement, complain);
    if (meaning === null) continue;
    for (const nameKind of subject.nameKinds) {
      const claim: Claim = {
        ...EMPTY_CLAIM,
        ...meaning,
        vulnerabilities: [vulnerability],
        namespace: subject.namespace,
        name: subject.name,
        nameKind,
        scheme: 'rpm',
        severity: statement.severity,
        channel: subject.channel,
        module: subject.module,
        architectures: subject.architecture === null ? null : [subject.architecture],
      };
      addTo(claims, claim, subject.architecture);
    }
  }
  return [...claims.values()];
}

function placeOf({ namespace, channel, module }: PackageSubject): string {
  return JSON.stringify([namespace, channel, module]);
}

function addTo(claims: Map<string, Claim>, claim: Claim, architecture: string | null): void {
  const { architectures: _without, ...rest } = claim;
  // No architecture (noarch) and a certain one are told apart: the first holds for all.
  const key = JSON.stringify([rest, architecture === null]);
  const known = claims.get(key);
  if (known === undefined) claims.set(key, claim);
  else if (architecture !== null && known.architectures?.includes(architecture) === false)
    known.architectures.push(architecture);
}

type Meaning = Pick<Claim, 'status'> & Partial<Pick<Claim, 'intervals' | 'versions' | 'fix' | 'vendorStatus'>>;

/** Null: the statement says nothing of a package (fixed, but not in which version). */
function meaningOf(
  { version, before }: PackageSubject,
  statement: Statement,
  complain: (reason: string) => void,
): Meaning | null {
  const listed = version === null ? {} : { versions: [version] };
  switch (statement.status) {
    case 'fixed':
    case 'first_fixed':
    // SUSE names the repaired packages so.
    case 'recommended':
      return version === null ? null : fixedIn('rpm', version, complain);
    case 'known_affected':
    case 'first_affected':
    case 'last_affected':
      if (before && version !== null) return fixedIn('rpm', version, complain);
      return {
        status: 'affected',
        ...listed,
        fix: { state: statement.repair.state, version: null },
        vendorStatus: statement.repair.words,
      };
    case 'known_not_affected':
      return { status: 'unaffected', ...listed, vendorStatus: statement.justification };
    case 'under_investigation':
      return { status: 'under-investigation', ...listed, vendorStatus: statement.repair.words };
  }
}
