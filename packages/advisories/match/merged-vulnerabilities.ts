import { canonicalVulnerability } from '../model/index.ts';
import type { ClaimRecord } from './assessment.ts';

/**
 * The ids under which a record's claim counts. Databases that describe one vulnerability under different names (GHSA, PYSEC,
 * GO, RUSTSEC) meet in the CVE where any of the records at hand knows it.
 */
export function mergedVulnerabilities(records: readonly ClaimRecord[]): (record: ClaimRecord) => readonly string[] {
  const canonicalOf = new Map<string, string>();
  // Records that name CVEs alone, as nearly all of the distributions' do, have nothing to merge.
  const isMerged = records.some(
    ({ advisory, claim }) => !areCves(advisory.vulnerabilities) || !areCves(claim.vulnerabilities),
  );
  for (const { advisory } of isMerged ? records : []) {
    // A record about several vulnerabilities does not say which of its names belongs to which.
    if (advisory.vulnerabilities.length > 1) continue;
    const names = [...advisory.vulnerabilities, ...(advisory.aliases ?? []), advisory.name];
    const canonical = canonicalVulnerability(names);
    if (canonical === null) continue;
    for (const name of names) {
      // Two CVEs are two vulnerabilities, even where one record names both.
      if (name.startsWith('CVE-')) continue;
      const before = canonicalOf.get(name);
      canonicalOf.set(
        name,
        before === undefined ? canonical : (canonicalVulnerability([before, canonical]) ?? canonical),
      );
    }
  }
  return ({ claim, advisory }) => {
    const stated = claim.vulnerabilities.length > 0 ? claim.vulnerabilities : advisory.vulnerabilities;
    if (stated.length === 0) return [resolve(advisory.name, canonicalOf)];
    return isMerged ? [...new Set(stated.map((id) => resolve(id, canonicalOf)))] : [...new Set(stated)];
  };
}

function areCves(ids: readonly string[]): boolean {
  return ids.every((id) => id.startsWith('CVE-'));
}

/** Names lead to better names in a step or two; a record that names itself ends it. */
function resolve(id: string, canonicalOf: ReadonlyMap<string, string>): string {
  let current = id;
  for (let step = 0; step < 4; step += 1) {
    const next = canonicalOf.get(current);
    if (next === undefined || next === current) return current;
    current = next;
  }
  return current;
}
