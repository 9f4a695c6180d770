import type { Claim, Interval } from '../../model/index.ts';
import { cpeProductName, parseCpe } from '../../feed/cpe/cpe-name.ts';
import { targetRequirement } from '../../feed/cpe/target-requirement.ts';
import { parseVersionRange } from '../../feed/csaf/version-range.ts';
import { decidable } from '../../feed/decidable.ts';
import { EMPTY_CLAIM, line } from '../../feed/record.ts';
import type { AffectedProduct, AffectedVersion } from './schema.ts';

/**
 * An `affected` entry as claims, for those products only that the record itself gives CPE names: vendor and product in
 * words are nobody's package name, and nothing is guessed from them.
 */
export function affectedClaims(product: AffectedProduct): readonly Claim[] {
  const claims: Claim[] = [];
  const names = new Set<string>();
  for (const text of product.cpes ?? []) {
    const cpe = parseCpe(text);
    if (cpe === null || cpe.patterns.includes('vendor') || cpe.patterns.includes('product')) continue;
    const requires = targetRequirement(cpe);
    const name = cpeProductName(cpe);
    // One entry often has a CPE for each version.
    const key = JSON.stringify([name, requires]);
    if (names.has(key)) continue;
    names.add(key);
    const base: Claim = {
      ...EMPTY_CLAIM,
      status: 'affected',
      namespace: 'cpe',
      name,
      nameKind: 'product',
      scheme: 'generic',
      requires,
      product: line(text),
    };
    claims.push(...versionClaims(product, base, (cpe.product ?? '').replaceAll('_', ' ')));
  }
  return claims.map(decidable);
}

function versionClaims(
  { versions = [], defaultStatus = 'unknown' }: AffectedProduct,
  base: Claim,
  product: string,
): readonly Claim[] {
  if (versions.length === 0) return defaultStatus === 'affected' ? [base] : [];
  const claims: Claim[] = [];
  const exact = { affected: new Set<string>(), unaffected: new Set<string>() };
  for (const stated of versions) {
    // CISA writes some versions as CPE names escape them: 12.2\(44\)ex.
    const version = { ...stated, version: stated.version?.replace(/\\(.)/g, '$1') ?? '' };
    const { status } = version;
    if (status !== 'affected' && status !== 'unaffected') continue;
    if (status === 'unaffected' && defaultStatus === 'affected') {
      claims.push(allBut(version, base));
      continue;
    }
    const meaning = rangeOf(version, product);
    if (meaning === null) {
      // Nothing is lost where nothing is affected.
      const words = `affected, in words that are not a range: ${version.version}`;
      if (status === 'affected') claims.push({ ...base, status: 'under-investigation', vendorStatus: line(words) });
    } else if (meaning === 'all') {
      claims.push({ ...base, status });
    } else {
      for (const one of meaning.versions) exact[status].add(one);
      for (const interval of meaning.intervals) {
        const fixed = status === 'affected' ? interval.fixed : null;
        claims.push({
          ...base,
          status,
          intervals: [interval],
          fix: fixed === null ? base.fix : { state: 'fixed', version: fixed },
        });
      }
    }
  }
  for (const status of ['affected', 'unaffected'] as const)
    if (exact[status].size > 0) claims.push({ ...base, status, versions: [...exact[status]] });
  return claims;
}

/** Everything is affected but what is listed. Only `unaffected from X on` has one meaning as an interval. */
function allBut(version: AffectedVersion, base: Claim): Claim {
  const from = version.version ?? '';
  if ((version.lessThan === '*' || version.lessThanOrEqual === '*') && !isFromTheBeginning(from))
    return {
      ...base,
      intervals: [{ introduced: null, fixed: from, lastAffected: null }],
      fix: { state: 'fixed', version: from },
    };
  const words = `affected in all versions but ${from}${version.lessThan === undefined ? '' : ` up to ${version.lessThan}`}`;
  return { ...base, status: 'under-investigation', vendorStatus: line(words) };
}

type Range = { readonly intervals: readonly Interval[]; readonly versions: readonly string[] };

/** Null: the words have no one meaning. */
function rangeOf(
  { version = '', lessThan, lessThanOrEqual, changes }: AffectedVersion,
  product: string,
): Range | 'all' | null {
  const introduced = isFromTheBeginning(version) ? null : version;
  const repaired = changes?.find(({ status }) => status === 'unaffected')?.at ?? null;
  const fixed = repaired ?? (lessThan === undefined || lessThan === '*' ? null : lessThan);
  const lastAffected =
    fixed !== null || lessThanOrEqual === undefined || lessThanOrEqual === '*' ? null : lessThanOrEqual;
  if (lessThan !== undefined || lessThanOrEqual !== undefined || repaired !== null) {
    if (introduced === null && fixed === null && lastAffected === null) return 'all';
    return { intervals: [{ introduced, fixed, lastAffected }], versions: [] };
  }
  const parsed = parseVersionRange(version, product);
  if (parsed.kind === 'all') return 'all';
  return parsed.kind === 'unreadable' ? null : { intervals: parsed.intervals, versions: parsed.versions };
}

function isFromTheBeginning(version: string): boolean {
  return /^(0|0\.0|0\.0\.0|\*|-|unspecified|n\/a|)$/i.test(version.trim());
}
