import { type Kysely, sql } from 'kysely';
import { storableJson } from '../../advisories/index.ts';
import type { Database, Tables } from '../../storage/index.ts';
import { activeExceptions } from '../exceptions/active.ts';
import { type OpenCount, countOpen } from './count-open.ts';
import { type Fleet, loadFleet } from './fleet.ts';
import { bestPatches } from '../next-patches/best-patches.ts';
import { notEffective } from './not-effective.ts';
import { type Remediation, readSteps, remediation } from './remediation.ts';
import type { TimedException } from './open-steps.ts';
import { type CurvePoint, type Weight, curveMoments, readPeriods, riskCurve } from './risk-curve.ts';

/** Any constant: with the organisation it makes the advisory lock of whoever computes ('risk' in ASCII). */
const LOCK = 0x7269_736b;
const SOFTWARE_AT_ONCE = 10_000;

export interface StoredRisk {
  readonly points: readonly CurvePoint[];
  readonly medianDaysToRemediate: readonly Remediation[];
  readonly exploitedExposureDays: number;
}

/** What of the fleet makes feeds needed. */
export interface FleetNamespace {
  readonly namespace: string;
  readonly endpointCount: number;
  readonly packageCount: number;
}

/**
 * Computes an organisation's rows of `vulnerability_summary` and its curves anew, from manifests, verdicts and exceptions.
 * Everything here can be thrown away and computed again; the lists of the API read it instead of millions of findings.
 *
 * @returns false: another replica does it now.
 */
export async function refreshSummaries(
  { kysely }: Pick<Database, 'kysely'>,
  organisationId: string,
  now: Date,
): Promise<boolean> {
  return kysely.transaction().execute(async (within) => {
    const lock = await sql<{ got: boolean }>`
      select pg_try_advisory_xact_lock(${LOCK}::int, hashtext(${organisationId})) as got`.execute(within);
    if (lock.rows[0]?.got !== true) return false;
    // What changes from here on makes it due again. Outside of the transaction: news that come meanwhile mark this row, and
    // must not wait until a large fleet is summed up. Killed before its end, it is due for not having been computed.
    await sql`insert into assessment_state (organisation_id) values (${organisationId})
      on conflict (organisation_id) do update set due_at = null, computed_at = null`.execute(kysely);
    const exceptions = await activeExceptions(within, organisationId, now);
    const apart = [...new Set(exceptions.flatMap(({ endpoint_id: id }) => (id === null ? [] : [id])))];
    const history = await readHistory(within, organisationId, now);
    // Once for everything: of a large fleet this is most of the work.
    const fleet = await loadFleet(within, organisationId, apart, history.manifests, history.since);
    const weights = await readWeights(within, organisationId);
    await writeSummaries(
      within,
      organisationId,
      await notEffective(within, organisationId, countOpen(fleet, exceptions)),
    );
    const risk = computeRisk(fleet, history, weights);
    const patches = bestPatches(fleet, exceptions, weights);
    const namespaces = await namespacesOf(within, fleet);
    await sql`update assessment_state set computed_at = ${now}, risk = ${JSON.stringify(risk)}::jsonb,
      next_patches = ${JSON.stringify(patches)}::jsonb,
      namespaces = ${JSON.stringify(namespaces)}::jsonb where organisation_id = ${organisationId}`.execute(within);
    return true;
  });
}

/** What of the past the curves need. */
async function readHistory(within: Kysely<Tables>, organisationId: string, now: Date) {
  const moments = curveMoments(now);
  const [since = now] = moments;
  const periods = await readPeriods(within, organisationId, moments);
  const steps = await readSteps(within, organisationId, since);
  const manifests = [
    ...new Set([...periods.map(({ manifestId }) => manifestId), ...steps.steps.map((step) => step.manifest_id)]),
  ];
  const { rows: accepted } = await sql<TimedException>`
    select id, vulnerability, package, endpoint_id, purl, kind, justification, reason, owner, expires_at,
      (extract(epoch from created_at) * 1000)::float8 as "fromMs",
      coalesce((extract(epoch from least(expires_at, revoked_at)) * 1000)::float8, 'infinity'::float8) as "toMs"
    from vulnerability_exception where organisation_id = ${organisationId}`.execute(within);
  return { moments, since, periods, steps, manifests, accepted };
}

function computeRisk(
  fleet: Fleet,
  { moments, since, periods, steps, accepted }: Awaited<ReturnType<typeof readHistory>>,
  weights: ReadonlyMap<string, Weight>,
): StoredRisk {
  return {
    ...riskCurve(fleet, periods, moments, weights, accepted),
    medianDaysToRemediate: remediation(fleet, steps, weights, since.getTime()),
  };
}

async function readWeights(within: Kysely<Tables>, organisationId: string): Promise<ReadonlyMap<string, Weight>> {
  const { rows } = await sql<Weight & { id: string }>`
    select v.id, coalesce(o.severity, v.severity) as severity, coalesce(o.score, v.score) as score, v.exploited
    from vulnerability v left join vulnerability_override o
      on o.organisation_id = ${organisationId} and o.vulnerability = v.id and o.ended_at is null`.execute(within);
  return new Map(rows.map(({ id, ...weight }) => [id, weight]));
}

async function writeSummaries(
  within: Kysely<Tables>,
  organisationId: string,
  counts: readonly OpenCount[],
): Promise<void> {
  const rows = counts.map(({ firstSeenMs, packages, ...count }) => ({
    ...count,
    packages: packages.slice(0, 100),
    firstSeenAt: new Date(Number.isFinite(firstSeenMs) ? firstSeenMs : 0).toISOString(),
  }));
  await sql`
    with given as (
      select r.*, v.title, coalesce(o.severity, v.severity) as severity, v.cvss, v.epss, v.kev, v.exploited,
        v.exploit_public, coalesce(o.score, v.score) as score, coalesce(o.decision, v.decision) as decision
      from jsonb_to_recordset(${storableJson(rows)}::jsonb) as r (vulnerability text, packages jsonb, "fixState" text,
        minor boolean, "endpointCount" int, "acceptedCount" int, "notEffectiveCount" int, "firstSeenAt" timestamptz)
      join vulnerability v on v.id = r.vulnerability
      left join vulnerability_override o on o.organisation_id = ${organisationId} and o.vulnerability = r.vulnerability
        and o.ended_at is null),
    gone as (
      delete from vulnerability_summary s where s.organisation_id = ${organisationId}
        and not exists (select 1 from given where given.vulnerability = s.vulnerability))
    insert into vulnerability_summary as s (organisation_id, vulnerability, title, severity, cvss, epss, kev, exploited,
      exploit_public, score, decision, packages, fix_state, minor, endpoint_count, accepted_count, not_effective_count,
      first_seen_at)
    select ${organisationId}::uuid, vulnerability, title, severity, cvss, epss, kev, exploited, exploit_public, score,
      decision, array(select jsonb_array_elements_text(packages)), "fixState", minor, "endpointCount", "acceptedCount",
      "notEffectiveCount", "firstSeenAt"
    from given order by vulnerability
    on conflict (organisation_id, vulnerability) do update set title = excluded.title, severity = excluded.severity,
      cvss = excluded.cvss, epss = excluded.epss, kev = excluded.kev, exploited = excluded.exploited,
      exploit_public = excluded.exploit_public, score = excluded.score, decision = excluded.decision,
      packages = excluded.packages, fix_state = excluded.fix_state, minor = excluded.minor,
      endpoint_count = excluded.endpoint_count, accepted_count = excluded.accepted_count,
      not_effective_count = excluded.not_effective_count,
      first_seen_at = least(s.first_seen_at, excluded.first_seen_at)
    where (s.*) is distinct from (excluded.*)`.execute(within);
}

/** Endpoints by distribution and by kind of language package, and how much software there is of each. */
async function namespacesOf(within: Kysely<Tables>, { groups, manifests }: Fleet): Promise<readonly FleetNamespace[]> {
  const ids = new Set<number>();
  const present = new Set(groups.map(({ manifestId }) => manifestId));
  for (const manifest of present) for (const id of manifests.get(manifest) ?? []) ids.add(id);
  const placeOf = new Map<number, string>();
  const packages = new Map<string, number>();
  const all = [...ids];
  for (let at = 0; at < all.length; at += SOFTWARE_AT_ONCE) {
    const { rows } = await sql<{ id: number; namespace: string }>`
      select id, namespace from software where id = any(${all.slice(at, at + SOFTWARE_AT_ONCE)}::int[])`.execute(
      within,
    );
    for (const { id, namespace } of rows) {
      placeOf.set(id, namespace);
      packages.set(namespace, (packages.get(namespace) ?? 0) + 1);
    }
  }
  const endpoints = new Map<string, number>();
  const spaces = new Map<number, ReadonlySet<string>>();
  for (const [manifest, list] of manifests) spaces.set(manifest, new Set([...list].map((id) => placeOf.get(id) ?? '')));
  for (const { manifestId, count } of groups)
    for (const namespace of spaces.get(manifestId) ?? [])
      endpoints.set(namespace, (endpoints.get(namespace) ?? 0) + count);
  return [...endpoints]
    .map(([namespace, endpointCount]) => ({ namespace, endpointCount, packageCount: packages.get(namespace) ?? 0 }))
    .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
}
