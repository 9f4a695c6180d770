import { LIMITS, type Claim, type Interval, type Requirement } from '../../model/index.ts';
import { decidable } from '../decidable.ts';
import { EMPTY_CLAIM, line } from '../record.ts';
import type { CpeMatch } from './configuration-schema.ts';
import { cpeProductName, type CpeName } from './cpe-name.ts';

/** A `vulnerable` match with what stands around it. */
export interface StatedMatch {
  readonly match: CpeMatch;
  readonly cpe: CpeName;
  readonly requires: Requirement[][];
  /** Tells conditions apart: exact versions of one product under the same conditions are one claim. */
  readonly place: string;
  /** Why it can't be decided; null: it can. */
  readonly undecided: string | null;
}

/** Claims out of matches: a range is a claim, exact versions of one product are a list. */
export class ClaimList {
  readonly #ranges: Claim[] = [];
  /** Exact versions, by product and conditions. */
  readonly #exact = new Map<string, Claim>();

  all(): readonly Claim[] {
    return [...this.#ranges.map(decidable), ...[...this.#exact.values()].flatMap(inPieces)];
  }

  add({ match, cpe, requires, place, undecided }: StatedMatch): void {
    const base: Claim = {
      ...EMPTY_CLAIM,
      status: 'affected',
      namespace: 'cpe',
      name: cpeProductName(cpe),
      nameKind: 'product',
      scheme: 'generic',
      requires,
      product: line(match.criteria),
    };
    const interval = intervalOf(match);
    const unknown = undecided ?? whyOpen(cpe, interval);
    if (unknown !== null) {
      this.#ranges.push({ ...base, status: 'under-investigation', vendorStatus: unknown });
    } else if (interval !== null) {
      const fix = interval.fixed === null ? base.fix : ({ state: 'fixed', version: interval.fixed } as const);
      this.#ranges.push({ ...base, intervals: [interval], fix });
      // An interval includes its start; where NVD excludes it, that one version is stated to be unaffected.
      if ((match.versionStartIncluding ?? '') === '' && (match.versionStartExcluding ?? '') !== '')
        this.#ranges.push({ ...base, status: 'unaffected', versions: [match.versionStartExcluding ?? ''] });
    } else {
      this.#addExact(base, place, exactVersion(cpe));
    }
  }

  #addExact(base: Claim, place: string, version: string | null): void {
    if (version === null) {
      this.#ranges.push(base);
      return;
    }
    const key = `${place} ${base.name}`;
    const known = this.#exact.get(key);
    if (known === undefined) this.#exact.set(key, { ...base, versions: [version] });
    else known.versions.push(version);
  }
}

/** Why it can't be said which versions are meant; null: it can. */
function whyOpen(cpe: CpeName, interval: Interval | null): string | null {
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

/** Without doubles, and no list longer than a claim can hold. */
function inPieces(claim: Claim): readonly Claim[] {
  const versions = [...new Set(claim.versions)];
  const pieces: Claim[] = [];
  for (let at = 0; at < versions.length; at += LIMITS.versionsPerClaim)
    pieces.push({ ...claim, versions: versions.slice(at, at + LIMITS.versionsPerClaim) });
  return pieces;
}

/** Null: the match has no bounds. The excluded start is kept as the start: see `ClaimList.add`. */
export function intervalOf(match: CpeMatch): Interval | null {
  const introduced = match.versionStartIncluding ?? match.versionStartExcluding ?? null;
  const fixed = match.versionEndExcluding ?? null;
  const lastAffected = fixed === null ? (match.versionEndIncluding ?? null) : null;
  if (introduced === null && fixed === null && lastAffected === null) return null;
  return { introduced: introduced || null, fixed: fixed || null, lastAffected: lastAffected || null };
}
