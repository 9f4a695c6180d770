import { Compile } from 'typebox/compile';
import { configurationClaims } from '../../feed/cpe/configuration-claims.ts';
import { cvssScore } from '../../feed/cvss.ts';
import type { FeedItem } from '../../feed/index.ts';
import { pastMoment } from '../../feed/moments.ts';
import { EMPTY_ADVISORY, line, prose } from '../../feed/record.ts';
import { LIMITS, type Claim, type CvssScore, type FactOf, type Provenance } from '../../model/index.ts';
import { affectedClaims } from './affected.ts';
import { CvssMetric, SsvcMetric, type CveContainer, type CveRecord } from './schema.ts';

const CVSS = Compile(CvssMetric);
const SSVC = Compile(SsvcMetric);
const STATES = { PUBLISHED: 'published', REJECTED: 'rejected', RESERVED: 'reserved' } as const;

/** A CVE record: its description, CISA's SSVC decision points, and claims where it names products by CPE. */
export function normaliseCve(record: CveRecord, provenance: Provenance, now: Date): readonly FeedItem[] {
  const { cveId: id, state, datePublished, dateUpdated } = record.cveMetadata;
  const { cna, adp = [] } = record.containers ?? {};
  const containers = [...(cna === undefined ? [] : [cna]), ...adp];
  const body: FactOf<'description'> = {
    kind: 'description',
    vulnerability: id,
    status: STATES[state],
    title: line(cna?.title ?? ''),
    text: prose(textOf(cna)),
    cvss: scoresOf(containers),
    cwe: weaknessesOf(containers),
    published: pastMoment(datePublished, now),
    modified: pastMoment(dateUpdated, now),
  };
  const items: FeedItem[] = [{ kind: 'fact', fact: { body, provenance } }];
  const ssvc = ssvcOf(id, adp);
  if (ssvc === 'unreadable')
    items.push({ kind: 'fault', record: id, reason: 'its SSVC decision points are not readable' });
  else if (ssvc !== null) items.push({ kind: 'fact', fact: { body: ssvc, provenance } });
  const claims = state === 'PUBLISHED' ? containers.flatMap((container) => claimsOf(container)) : [];
  if (claims.length === 0) return [...items, { kind: 'removed', id }];
  const advisory = {
    ...EMPTY_ADVISORY,
    id,
    name: id,
    vulnerabilities: [id],
    title: body.title,
    published: body.published,
    modified: body.modified,
    cvss: body.cvss,
    references: (cna?.references ?? [])
      .filter(({ url }) => url.length <= 4096)
      .slice(0, LIMITS.referencesPerAdvisory)
      .map(({ url, tags }) => ({ kind: line(tags?.[0] ?? 'reference'), url })),
    claims: withoutDoubles(claims),
    provenance,
  };
  return [...items, { kind: 'advisory', advisory }];
}

function claimsOf({ affected = [], cpeApplicability = [] }: CveContainer): readonly Claim[] {
  return [...configurationClaims(cpeApplicability).claims, ...affected.flatMap((product) => affectedClaims(product))];
}

function withoutDoubles(claims: readonly Claim[]): Claim[] {
  return [...new Map(claims.map((claim) => [JSON.stringify({ ...claim, product: '' }), claim])).values()];
}

function textOf(cna: CveContainer | undefined): string {
  const descriptions = cna?.descriptions ?? [];
  const english = descriptions.find(({ lang }) => /^en(-|$)/i.test(lang)) ?? descriptions[0];
  return english?.value ?? cna?.rejectedReasons?.[0]?.value ?? '';
}

function scoresOf(containers: readonly CveContainer[]): CvssScore[] {
  const scores = new Map<string, CvssScore>();
  for (const { metrics = [], providerMetadata } of containers) {
    const source = line(providerMetadata?.shortName ?? 'cna').toLowerCase();
    for (const metric of metrics)
      for (const [name, value] of Object.entries(metric)) {
        if (!name.startsWith('cvssV') || !CVSS.Check(value)) continue;
        const score = cvssScore(value.vectorString, source);
        if (score !== null) scores.set(`${source} ${score.vector}`, score);
      }
  }
  return [...scores.values()].slice(0, 64);
}

function weaknessesOf(containers: readonly CveContainer[]): string[] {
  const ids = containers.flatMap(({ problemTypes = [] }) =>
    problemTypes.flatMap(({ descriptions = [] }) =>
      descriptions.flatMap(({ cweId }) => (cweId === undefined ? [] : [line(cweId)])),
    ),
  );
  return [...new Set(ids)].slice(0, 64);
}

/** The latest decision points; null: none are stated. CISA writes `none` and `None`, `poc` and `PoC`. */
function ssvcOf(vulnerability: string, adp: readonly CveContainer[]): FactOf<'ssvc'> | 'unreadable' | null {
  let latest: { fact: FactOf<'ssvc'>; at: string } | null = null;
  let unreadable = false;
  for (const { metrics = [] } of adp)
    for (const { other } of metrics) {
      if (typeof other !== 'object' || other === null || !('type' in other) || other.type !== 'ssvc') continue;
      const fact = SSVC.Check(other) ? decisionPoints(vulnerability, other.content) : null;
      const at = SSVC.Check(other) ? (other.content.timestamp ?? '') : '';
      if (fact === null) unreadable = true;
      else if (latest === null || at > latest.at) latest = { fact, at };
    }
  return latest?.fact ?? (unreadable ? 'unreadable' : null);
}

function decisionPoints(
  vulnerability: string,
  { options, timestamp }: { options: readonly Record<string, string>[]; timestamp?: string },
): FactOf<'ssvc'> | null {
  const points = new Map(
    options.flatMap((option) => Object.entries(option)).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]),
  );
  const exploitation = points.get('exploitation');
  const automatable = points.get('automatable');
  const technicalImpact = points.get('technical impact');
  if (exploitation !== 'none' && exploitation !== 'poc' && exploitation !== 'active') return null;
  if (automatable !== 'yes' && automatable !== 'no') return null;
  if (technicalImpact !== 'partial' && technicalImpact !== 'total') return null;
  // Not held against the clock: the record itself is dated.
  const statedAt = pastMoment(timestamp, new Date(8_640_000_000_000_000));
  return { kind: 'ssvc', vulnerability, exploitation, automatable: automatable === 'yes', technicalImpact, statedAt };
}
