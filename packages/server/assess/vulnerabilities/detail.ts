import type { FactOf } from '@thimble/advisories';
import type { VulnerabilityDetail, VulnerabilitySummary } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Reach, endpointReachCondition } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { listExceptions } from '../exceptions/exceptions.ts';
import { explainedPriority } from '../explain/explain.ts';
import { explainedVerdict } from '../explain/explained-verdict.ts';
import { readLists } from '../findings/affected-endpoints.ts';
import { type VulnerabilityFacts, bestScore, factsOf, titleOf } from '../priorities/index.ts';
import { loadSoftware } from '../verdicts/load-software.ts';
import type { StoredEvidence } from '../verdicts/conclusion.ts';
import { type SummaryRow, summariesWithin, toSummary } from './list.ts';
import { vulnerabilityTrend } from './trend.ts';

/** Package versions that are told one by one, the most widespread first. */
const SOFTWARE = 100;
const ADVISORIES = 100;
const REFERENCES = 100;

/** Everything about one vulnerability, on endpoints within reach. @throws HttpProblem 404 where neither feeds nor software know it. */
export async function vulnerabilityDetail(
  context: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  reach: Reach,
  id: string,
): Promise<VulnerabilityDetail> {
  const { kysely } = context.database;
  const now = context.clock();
  const facts = (await factsOf(kysely, [id])).get(id);
  const advisories = await readAdvisories(kysely, id);
  const { rows } = await sql<SummaryRow>`
    select s.* from ${await summariesWithin(context, organisationId, reach)} s
    where s.organisation_id = ${organisationId} and s.vulnerability = ${id}`.execute(kysely);
  const [row] = rows;
  if (facts === undefined || (row === undefined && advisories.length === 0 && isEmpty(facts)))
    throw new HttpProblem(404, 'unknown-vulnerability', {
      detail: `Nothing is known of ${id}: no feed that was synchronised names it.`,
    });
  const priority = await explainedPriority(kysely, organisationId, id, now);
  const description = facts.descriptions[0];
  const { items: exceptions } = await listExceptions(kysely, organisationId, now, { vulnerability: id, reach });
  return {
    summary: row === undefined ? absentSummary(id, facts, priority, now) : toSummary(row),
    description: (description?.text ?? advisories.find(({ summary }) => summary !== '')?.summary ?? '').slice(
      0,
      16_384,
    ),
    aliases: [...new Set(advisories.flatMap(({ aliases }) => aliases))].filter((alias) => alias !== id).slice(0, 100),
    status: description === undefined ? 'unknown' : description.status === 'rejected' ? 'rejected' : 'published',
    published: description?.published ?? null,
    modified: description?.modified ?? null,
    cvss: cvssOf(facts),
    cwe: [...new Set(facts.descriptions.flatMap(({ cwe }) => cwe))].map((cwe) => cwe.slice(0, 512)),
    epss: facts.epss,
    kev: facts.kev === null ? null : { ...facts.kev, ...cut(facts.kev) },
    ssvc: facts.ssvc,
    exploits:
      facts.exploit === null
        ? null
        : { sources: [...facts.exploit.sources], maturity: facts.exploit.maturity, lastOn: facts.exploit.lastOn },
    priority,
    advisories: advisories.map(({ summary: _summary, aliases: _aliases, references, ...advisory }) => ({
      ...advisory,
      title: advisory.title.slice(0, 512),
      url: references.find(({ kind }) => /advisory|web|self/i.test(kind))?.url ?? references[0]?.url ?? null,
    })),
    references: uniqueReferences(advisories.flatMap(({ references }) => references)),
    software: await affectedSoftware(kysely, organisationId, reach, id),
    exceptions: [...exceptions],
    trend: await vulnerabilityTrend(kysely, organisationId, reach, id, now),
  };
}

function isEmpty({ kev, epss, ssvc, exploit, descriptions }: VulnerabilityFacts): boolean {
  return [kev, epss, ssvc, exploit].every((fact) => fact === null) && descriptions.length === 0;
}

function cut(kev: FactOf<'kev'>): Pick<FactOf<'kev'>, 'title' | 'requiredAction'> {
  return { title: kev.title.slice(0, 512), requiredAction: kev.requiredAction.slice(0, 16_384) };
}

/** Of a vulnerability that no endpoint has. */
function absentSummary(
  id: string,
  facts: VulnerabilityFacts,
  priority: VulnerabilityDetail['priority'],
  now: Date,
): VulnerabilitySummary {
  return {
    id,
    title: titleOf(facts),
    severity: priority.severity,
    cvss: bestScore(facts)?.score ?? null,
    epss: facts.epss?.probability ?? null,
    kev: facts.kev === null ? null : { addedOn: facts.kev.addedOn, dueOn: facts.kev.dueOn },
    exploited: facts.kev !== null || facts.ssvc?.exploitation === 'active',
    exploitPublic: (facts.exploit?.sources.length ?? 0) > 0 || facts.ssvc?.exploitation === 'poc',
    score: priority.score,
    decision: priority.decision,
    packages: [],
    fixState: 'unknown',
    endpointCount: 0,
    acceptedCount: 0,
    notEffectiveCount: 0,
    firstSeenAt: now.toISOString(),
  };
}

function cvssOf({ descriptions, advisories }: VulnerabilityFacts): VulnerabilityDetail['cvss'] {
  const all = [...descriptions.flatMap(({ cvss }) => cvss), ...advisories.flatMap(({ cvss }) => cvss ?? [])];
  return [...new Map(all.map((score) => [`${score.vector} ${score.source}`, score])).values()].slice(0, 50);
}

interface AdvisoryRow {
  readonly feed: string;
  readonly id: string;
  readonly title: string;
  readonly severity: string | null;
  readonly published: string | null;
  readonly recordSha256: string;
  readonly references: readonly { readonly kind: string; readonly url: string }[];
  readonly summary: string;
  readonly aliases: readonly string[];
}

async function readAdvisories(within: Kysely<Tables>, id: string): Promise<readonly AdvisoryRow[]> {
  const { rows } = await sql<AdvisoryRow>`
    select a.feed, v.name as id, v.document->>'title' as title, v.severity, v.document->>'published' as published,
      encode(v.sha256, 'hex') as "recordSha256", v.document->'references' as references,
      v.document->>'summary' as summary, case when cardinality(v.vulnerabilities) = 1 then v.aliases else '{}' end as aliases
    from advisory_version v join advisory a on a.id = v.advisory_id
    where v.valid_to is null and v.vulnerabilities @> array[${id}] order by a.feed, a.record_id limit ${ADVISORIES}`.execute(
    within,
  );
  return rows;
}

function uniqueReferences(references: AdvisoryRow['references']): VulnerabilityDetail['references'] {
  return [...new Map(references.map(({ kind, url }) => [url, { kind: kind.slice(0, 512), url }])).values()].slice(
    0,
    REFERENCES,
  );
}

async function affectedSoftware(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  vulnerability: string,
): Promise<VulnerabilityDetail['software']> {
  const { rows } = await sql<{
    software_id: number;
    outcome: 'affected' | 'unknown';
    fix_state: VulnerabilityDetail['software'][number]['verdict']['fixState'];
    fix_version: string | null;
    fix_channel: string | null;
    vendor_status: string | null;
    evidence: readonly StoredEvidence[];
  }>`
    select software_id, outcome, fix_state, fix_version, fix_channel, vendor_status, evidence from verdict
    where vulnerability = ${vulnerability} and valid_to is null`.execute(within);
  const verdicts = new Map(rows.map((row) => [row.software_id, row]));
  const lists = await readLists(within, organisationId, [...verdicts.keys()]);
  const counted = await sql<{ manifest_id: number; count: number }>`
    select manifest_id, count(*) as count from endpoint_manifest em
    where manifest_id = any(${[...lists.keys()]}::int[]) and valid_to is null
      and ${endpointReachCondition(reach, sql`em.endpoint_id`)} group by 1`.execute(within);
  const counts = new Map<number, number>();
  for (const { manifest_id: manifest, count } of counted.rows)
    for (const id of lists.get(manifest) ?? []) counts.set(id, (counts.get(id) ?? 0) + count);
  const shown = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, SOFTWARE);
  const software = await loadSoftware(within, sql`s.id = any(${shown.map(([id]) => id)}::int[])`);
  return shown.flatMap(([id, endpointCount]) => {
    const stored = software.find((each) => each.id === id);
    const row = verdicts.get(id);
    if (stored === undefined || row === undefined) return [];
    const verdict = explainedVerdict(stored, {
      vulnerability,
      outcome: row.outcome,
      fix: { state: row.fix_state, version: row.fix_version },
      fixChannel: row.fix_channel,
      vendorStatus: row.vendor_status,
      evidence: row.evidence,
    });
    return [{ verdict, endpointCount }];
  });
}
