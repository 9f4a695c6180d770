import type { Claim, Interval, Requirement } from '../../model/index.ts';
import { decidable } from '../decidable.ts';
import { EMPTY_CLAIM, line } from '../record.ts';
import type { CpeConfiguration, CpeMatch, CpeNode } from './configuration-schema.ts';
import { cpeProductName, parseCpe, type CpeName } from './cpe-name.ts';
import { targetRequirement } from './target-requirement.ts';

export interface CpeClaims {
  readonly claims: readonly Claim[];
  /** Criteria that are no CPE names. */
  readonly unreadable: readonly string[];
}

/**
 * What NVD's applicability statements say, as claims: each `vulnerable` match is affected, and in an AND configuration it
 * requires one match of every other node. Ranges become intervals, exact versions of one product one claim with a list.
 *
 * What can't be decided from the record is `under-investigation` with the reason as its vendor status, so that it is shown
 * as unknown: a negated part, a version that is a pattern, and `-` (no version stated) for anything but hardware.
 */
export function configurationClaims(configurations: readonly CpeConfiguration[]): CpeClaims {
  const unreadable: string[] = [];
  const claims = new ClaimList();
  for (const configuration of configurations) {
    for (const [nodeIndex, node] of configuration.nodes.entries()) {
      const others = configuration.operator === 'AND' ? configuration.nodes.filter((_n, i) => i !== nodeIndex) : [];
      const negated = configuration.negate === true || node.negate === true || others.some((other) => other.negate);
      const required = others.map((other) => requirements(other)).flat();
      for (const [matchIndex, match] of node.cpeMatch.entries()) {
        if (!match.vulnerable) continue;
        const cpe = parseCpe(match.criteria);
        if (cpe === null) {
          unreadable.push(line(match.criteria));
          continue;
        }
        const siblings =
          node.operator === 'AND'
            ? requirements({ ...node, cpeMatch: node.cpeMatch.filter((_m, i) => i !== matchIndex) })
            : [];
        claims.add(match, cpe, [...required, ...siblings, ...targetRequirement(cpe)], negated);
      }
    }
  }
  return { claims: claims.all(), unreadable };
}

/** What a node demands: one of its matches (OR), or each of them (AND). */
function requirements(node: CpeNode): readonly (readonly Requirement[])[] {
  const all = node.cpeMatch.map((match): Requirement => {
    const interval = intervalOf(match);
    return { cpe: match.criteria.slice(0, 512), intervals: interval === null ? [] : [interval] };
  });
  if (node.operator === 'AND') return all.map((one) => [one]);
  return all.length === 0 ? [] : [all];
}

/** Null: the match has no bounds. The excluded start is kept as the start: see `add`. */
function intervalOf(match: CpeMatch): Interval | null {
  const introduced = match.versionStartIncluding ?? match.versionStartExcluding ?? null;
  const fixed = match.versionEndExcluding ?? null;
  const lastAffected = fixed === null ? (match.versionEndIncluding ?? null) : null;
  if (introduced === null && fixed === null && lastAffected === null) return null;
  return { introduced: introduced || null, fixed: fixed || null, lastAffected: lastAffected || null };
}

class ClaimList {
  readonly #ranges: Claim[] = [];
  /** Exact versions, by product and conditions. */
  readonly #exact = new Map<string, Claim>();

  all(): readonly Claim[] {
    return [...this.#ranges.map(decidable), ...this.#exact.values()];
  }

  add(match: CpeMatch, cpe: CpeName, requires: readonly (readonly Requirement[])[], negated: boolean): void {
    const base: Claim = {
      ...EMPTY_CLAIM,
      status: 'affected',
      namespace: 'cpe',
      name: cpeProductName(cpe),
      nameKind: 'product',
      scheme: 'generic',
      requires: requires.map((alternatives) => [...alternatives]),
      product: line(match.criteria),
    };
    const interval = intervalOf(match);
    const unknown = undecided(cpe, interval, negated);
    if (unknown !== null) {
      this.#ranges.push({ ...base, status: 'under-investigation', vendorStatus: unknown });
    } else if (interval !== null) {
      const fix = interval.fixed === null ? base.fix : ({ state: 'fixed', version: interval.fixed } as const);
      this.#ranges.push({ ...base, intervals: [interval], fix });
      // An interval includes its start; where NVD excludes it, that one version is stated to be unaffected.
      if ((match.versionStartIncluding ?? '') === '' && (match.versionStartExcluding ?? '') !== '')
        this.#ranges.push({ ...base, status: 'unaffected', versions: [match.versionStartExcluding ?? ''] });
    } else {
      this.#addExact(base, exactVersion(cpe));
    }
  }

  #addExact(base: Claim, version: string | null): void {
    if (version === null) {
      this.#ranges.push(base);
      return;
    }
    const key = JSON.stringify([base.name, base.requires]);
    const known = this.#exact.get(key);
    if (known === undefined) this.#exact.set(key, { ...base, versions: [version] });
    else if (!known.versions.includes(version)) known.versions.push(version);
  }
}

/** Why it can't be said which versions are meant; null: it can. */
function undecided(cpe: CpeName, interval: Interval | null, negated: boolean): string | null {
  if (negated) return 'the configuration is negated';
  if (cpe.patterns.includes('vendor') || cpe.patterns.includes('product')) return 'the product is a pattern';
  if (interval !== null) return null;
  if (cpe.patterns.includes('version') || cpe.patterns.includes('update')) return 'the version is a pattern';
  return cpe.version === '-' && cpe.part !== 'h' ? 'no version is stated' : null;
}

/** `8.5` with update `p1` is 8.5p1, 18.4 with `r1-s2` is 18.4r1-s2. Null: every version. */
function exactVersion(cpe: CpeName): string | null {
  if (cpe.version === null || cpe.version === '-') return null;
  if (cpe.update === null || cpe.update === '-') return cpe.version;
  return /^[a-z]/.test(cpe.update) ? `${cpe.version}${cpe.update}` : `${cpe.version}-${cpe.update}`;
}
