import {
  FEEDS,
  type Assessment,
  applyOverride,
  assess,
  ecosystemOf,
  explain as explainSoftware,
  vulnerabilitiesCalled,
} from '@thimble/advisories';
import { freshnessOf } from '@thimble/feeds';
import type { ExplainedPriority, ExplainedVerdict, Explanation, Gap } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { factsOfSubjects, holds, namedNamespaces, readFeedStates } from '../../advisories/index.ts';
import { type Reach, endpointReachCondition } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { namespaceGaps } from '../gaps/namespace-gaps.ts';
import { overrideOf, readOverrides } from '../overrides/overrides.ts';
import { factsOf, priorityOf } from '../priorities/index.ts';
import { claimsByKey, nameOf } from '../verdicts/assess-software.ts';
import { concludeSoftware } from '../verdicts/conclusion.ts';
import { type StoredSoftware, loadSoftware } from '../verdicts/load-software.ts';
import { explainedVerdict } from './explained-verdict.ts';

/** Versions of a package that are told one by one. */
const SOFTWARE = 40;
const TEXT_CHARACTERS = 200_000;

export interface ExplainQuery {
  readonly vulnerability: string;
  /** Name of a binary package, source package or component; or a package URL. */
  readonly package: string | null;
  readonly endpointId: string | null;
  /** Null: now. */
  readonly at: Date | null;
  /** Whose software is told. */
  readonly reach: Reach;
}

/**
 * Why we say what we say of a vulnerability: assessed anew from the records as they were known at that time, so that what
 * was dismissed is told as well as what was found.
 *
 * @throws HttpProblem 404
 */
export async function explain(
  { database: { kysely }, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  query: ExplainQuery,
): Promise<Explanation> {
  const now = clock();
  const { at } = query;
  const vulnerability = usualSpelling(query.vulnerability);
  const moment = at ?? now;
  const software = await softwareAsked(kysely, organisationId, { ...query, vulnerability });
  const claims = await claimsByKey(kysely, software, at);
  const states = await readFeedStates(kysely);
  const namespaces = [...new Set(software.map((each) => each.software.namespace))].sort();
  const named = await namedNamespaces(kysely, [...new Set([...namespaces, ...namespaces.map(ecosystemOf)])]);
  const support = await factsOfSubjects(kysely, 'support', namespaces, at);
  const facts = await Promise.all(
    (['kev', 'epss', 'ssvc', 'exploit', 'description'] as const).map((kind) =>
      factsOfSubjects(kysely, kind, [vulnerability], at),
    ),
  );
  const verdicts: ExplainedVerdict[] = [];
  const gaps = new Map<string, Gap>();
  const texts: string[] = [];
  for (const each of software) {
    const records = each.keys.flatMap((key) => claims.get(nameOf(key)) ?? []);
    const fresh = freshnessOf(each.software.namespace, { feeds: FEEDS, states, support, now: moment, named });
    const assessment: Assessment =
      each.keys.length === 0 ? concludeSoftware(each, records) : assess(each.software, records, { fresh });
    // Other databases' names (GHSA, DSA) lead to the one under which it is kept.
    const called = vulnerabilitiesCalled(assessment, vulnerability);
    for (const id of called.length === 0 ? [vulnerability] : called) {
      const told = explainSoftware({
        assessment,
        vulnerability: id,
        asOf: moment.toISOString(),
        facts: facts.flat(),
        derivedFrom: null,
      });
      const verdict = [...assessment.verdicts, ...assessment.dismissed].find((found) => found.vulnerability === id);
      if (verdict !== undefined) verdicts.push(explainedVerdict(each, verdict));
      const name = id === vulnerability ? '' : `${vulnerability} is about ${id}:\n`;
      // Of software that nothing at hand connects with the vulnerability only the gaps are told.
      if (verdict !== undefined || query.package !== null) texts.push(`${name}${told.text}`);
    }
    for (const gap of assessment.gaps)
      if (gap.vulnerability === null || gap.vulnerability === vulnerability || called.includes(gap.vulnerability)) {
        const what = `${each.software.name} ${each.software.version}`;
        gaps.set(`${what} ${gap.why}`, { what, why: gap.why });
      }
  }
  const spaceGaps = (await namespaceGaps(kysely, namespaces, moment)).map(({ namespace, why }) => ({
    what: namespace,
    why,
  }));
  const subject = query.package ?? query.endpointId ?? '';
  const text = texts.join('\n') || `no record at hand speaks of ${vulnerability} in the software of ${subject}\n`;
  return {
    vulnerability,
    subject,
    asOf: moment.toISOString(),
    text: text.slice(0, TEXT_CHARACTERS),
    verdicts,
    gaps: [...spaceGaps, ...gaps.values()].slice(0, 200),
    priority: await explainedPriority(kysely, organisationId, vulnerability, moment),
  };
}

/** CVE numbers are written in capitals, whatever was typed. */
function usualSpelling(id: string): string {
  return /^cve-/i.test(id) ? id.toUpperCase() : id;
}

async function softwareAsked(
  within: Kysely<Tables>,
  organisationId: string,
  query: ExplainQuery,
): Promise<readonly StoredSoftware[]> {
  const named =
    query.package === null
      ? sql`true`
      : query.package.startsWith('pkg:')
        ? sql`s.purl = ${query.package}`
        : sql`(s.name = ${query.package} or s.source_name = ${query.package})`;
  const when = holds('em', query.at);
  const here =
    query.endpointId === null
      ? sql`exists (select 1 from manifest m join endpoint_manifest em on em.manifest_id = m.id and ${when}
            and ${endpointReachCondition(query.reach, sql`em.endpoint_id`)}
          where m.organisation_id = ${organisationId} and m.software_ids @> array[s.id])`
      : sql`s.id in (select unnest(m.software_ids) from endpoint_manifest em join manifest m on m.id = em.manifest_id
          where em.endpoint_id = ${query.endpointId} and em.organisation_id = ${organisationId} and ${when})`;
  // An endpoint's software that has nothing to do with it would only be in the way.
  const about =
    query.package !== null
      ? sql`true`
      : sql`(exists (select 1 from verdict v where v.software_id = s.id and v.vulnerability = ${query.vulnerability})
          or exists (select 1 from software_key k join claim c
            on c.namespace = k.namespace and c.name = k.name and c.name_kind = k.name_kind
            join advisory_version a on a.advisory_id = c.advisory_id
            where k.software_id = s.id and (c.body->'vulnerabilities' ? ${query.vulnerability}
              or a.vulnerabilities @> array[${query.vulnerability}])))`;
  const found = await sql<{ id: number }>`
    select s.id from software s where ${named} and ${here} and ${about} order by s.name, s.version, s.id
    limit ${SOFTWARE}`.execute(within);
  if (found.rows.length === 0 && query.package !== null)
    throw new HttpProblem(404, 'unknown-package', {
      detail: `None of your endpoints has a package ${query.package}${query.at === null ? '' : ' at that time'}.`,
    });
  return loadSoftware(within, sql`s.id = any(${found.rows.map(({ id }) => id)}::int[])`);
}

/** With the organisation's override; null: nothing at all is known of the vulnerability. */
export async function explainedPriority(
  within: Kysely<Tables>,
  organisationId: string,
  vulnerability: string,
  at: Date,
): Promise<ExplainedPriority> {
  const facts = (await factsOf(within, [vulnerability])).get(vulnerability);
  if (facts === undefined) throw new Error('facts are given for each id that is asked for');
  const override = (await readOverrides(within, organisationId, [vulnerability], at)).get(vulnerability);
  const { priority } = priorityOf(vulnerability, facts);
  const shown = applyOverride(priority, override === undefined ? null : overrideOf(override));
  return {
    score: shown.score,
    severity: shown.severity,
    decision: shown.decision,
    decisionWhy: shown.decisionWhy,
    steps: shown.steps.map((step) => ({ ...step })),
    override:
      override === undefined
        ? null
        : { reason: override.reason, by: override.created_by, at: override.created_at.toISOString() },
  };
}
