import { lookupKeys, prepareClaims, type PreparedClaims, type Software } from '@thimble/advisories';
import type { AdvisoryReader } from './store.ts';

/** Packages whose claims are kept at hand; a fleet of one distribution has about 3,000 source packages installed. */
const KEPT = 20_000;

/** Claims of packages that were looked up before, sorted: for assessing many versions, or one host again and again. */
export interface ClaimIndex {
  readonly claimsFor: (software: Software) => Promise<PreparedClaims>;
}

/** Holds what it has read: made anew when advisories have changed. */
export function createClaimIndex(reader: Pick<AdvisoryReader, 'claims'>): ClaimIndex {
  const known = new Map<string, PreparedClaims>();
  return {
    async claimsFor(software) {
      const keys = lookupKeys(software);
      const place = keys.map(({ namespace, nameKind, name }) => `${namespace}\n${nameKind}\n${name}`).join('\n\n');
      const before = known.get(place);
      if (before !== undefined) return before;
      const prepared = prepareClaims(await reader.claims(keys));
      if (known.size >= KEPT) known.clear();
      known.set(place, prepared);
      return prepared;
    },
  };
}
