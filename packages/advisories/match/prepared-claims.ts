import type { Claim, Software } from '../model/index.ts';
import { assess, type AssessmentContext } from './assess.ts';
import { assessedAs, type AssessedAs } from './assessed-as.ts';
import type { Assessment, ClaimRecord } from './assessment.ts';
import { buildFamily } from './build-family.ts';
import { mergedVulnerabilities } from './merged-vulnerabilities.ts';
import { isPlaceable, orderOrNull } from './version-position.ts';

/** What `assess` says, without the arguments for what does not apply. */
export type OpenAssessment = Omit<Assessment, 'dismissed'>;

/** Claims that many versions of one package are held against. */
export interface PreparedClaims {
  readonly assess: (software: Software, context: AssessmentContext) => OpenAssessment;
}

interface Plain {
  readonly fixed: string;
  readonly ids: readonly string[];
}

/** Plain claims about one name: comparable with each other. */
interface Place extends Pick<Claim, 'namespace' | 'nameKind' | 'scheme'> {
  readonly claims: Plain[];
}

/**
 * Sorts a package's claims once, so that an assessment looks only at those that can matter: of ten years of advisories a
 * current package is past all but a few. The verdicts and gaps are exactly those of `assess`, which still makes them.
 *
 * @param records found under the `lookupKeys` of the software that will be assessed
 */
export function prepareClaims(records: readonly ClaimRecord[]): PreparedClaims {
  const idsOf = mergedVulnerabilities(records);
  const places = new Map<string, Place>();
  const always = new Set<string>();
  const byId = new Map<string, ClaimRecord[]>();
  for (const record of records) {
    const ids = idsOf(record);
    for (const id of ids) {
      const known = byId.get(id);
      if (known === undefined) byId.set(id, [record]);
      else known.push(record);
    }
    const fixed = plainFix(record);
    if (fixed === null) for (const id of ids) always.add(id);
    else placeOf(places, record.claim).push({ fixed, ids });
  }
  const sorted: Place[] = [];
  for (const place of places.values())
    if (sortDescending(place)) sorted.push(place);
    else for (const { ids } of place.claims) for (const id of ids) always.add(id);
  const whole = (software: Software, context: AssessmentContext): OpenAssessment => {
    const { verdicts, gaps } = assess(software, records, context);
    return { software, verdicts, gaps };
  };
  return {
    assess(software, context) {
      // The gap of a third party's package names all records; a special build is not placed by its number alone.
      if (software.origin === 'third-party' || records.length < FEW) return whole(software, context);
      const as = assessedAs(software);
      if (!isRegular(as.binary.version, software.scheme) || !isRegular(as.source.version, software.scheme))
        return whole(software, context);
      const relevant = new Set(always);
      for (const place of sorted) {
        const ahead = countAhead(place, as);
        if (ahead === null) return whole(software, context);
        for (const { ids } of place.claims.slice(0, ahead)) for (const id of ids) relevant.add(id);
      }
      const selected = new Set([...relevant].flatMap((id) => byId.get(id) ?? []));
      const { verdicts, gaps } = assess(software, records.length === selected.size ? records : [...selected], context);
      return {
        software,
        verdicts: verdicts.filter(({ vulnerability }) => relevant.has(vulnerability)),
        gaps: gaps.filter(({ vulnerability }) => vulnerability === null || relevant.has(vulnerability)),
      };
    },
  };
}

/** Below this, looking at all is as fast. */
const FEW = 4;

/** The version from which a package is safe by this claim alone, whatever else is true of it; null: it is not that simple. */
function plainFix({ claim, advisory }: ClaimRecord): string | null {
  const [interval] = claim.intervals;
  if (claim.status !== 'affected' || advisory.withdrawn !== null || interval === undefined) return null;
  if (claim.intervals.length !== 1 || claim.versions.length > 0 || claim.requires.length > 0) return null;
  if (claim.channel !== null || claim.module !== null || claim.architectures !== null) return null;
  if (interval.introduced !== null && interval.introduced !== '0') return null;
  if (interval.fixed === null || !isRegular(interval.fixed, claim.scheme)) return null;
  return claim.fix.version !== null && !isRegular(claim.fix.version, claim.scheme) ? null : interval.fixed;
}

function isRegular(version: string, scheme: string): boolean {
  const { marks, modular } = buildFamily(version);
  return marks.length === 0 && !modular && isPlaceable(scheme, version);
}

function placeOf(places: Map<string, Place>, { namespace, nameKind, name, scheme }: Claim): Plain[] {
  const key = [namespace, nameKind, name, scheme].join('\n');
  const known = places.get(key);
  if (known !== undefined) return known.claims;
  const place = { namespace, nameKind, scheme, claims: [] };
  places.set(key, place);
  return place.claims;
}

/** false: two of them have no order. */
function sortDescending({ claims, scheme }: Place): boolean {
  let comparable = true;
  claims.sort((a, b) => {
    const order = orderOrNull(scheme, b.fixed, a.fixed);
    if (order === null) comparable = false;
    return order ?? 0;
  });
  return comparable;
}

/** How many of the sorted claims have a fix that is later than what is installed; null: that can't be said so simply. */
function countAhead({ namespace, nameKind, scheme, claims }: Place, as: AssessedAs): number | null {
  // A statement about the whole distribution weighs less than the release's own: let the full rules decide.
  if (namespace !== as.namespaces[0]) return null;
  const { version } = nameKind === 'source' ? as.source : as.binary;
  let low = 0;
  let high = claims.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = orderOrNull(scheme, version, claims[middle]?.fixed ?? '');
    if (order === null) return null;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
