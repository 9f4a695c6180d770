import type { Overview } from '@thimble/protocol';
import { type RawBuilder, sql } from 'kysely';
import { type Reach, endpointReachCondition, reachCondition, runReachCondition } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { stateExpression } from '../discover/index.ts';
import { summariesWithin } from './vulnerabilities/list.ts';

const TREND_DAYS = 90;
const TOP = 10;

/** What is exposed, what is pending, what runs, within reach: counted now, from the rows and intervals themselves. */
export async function overview(context: ServerContext, organisationId: string, reach: Reach): Promise<Overview> {
  const { kysely } = context.database;
  const within = reachCondition(reach, sql`e.labels`);
  const ownFindings = sql`organisation_id = ${organisationId} and ${endpointReachCondition(reach, sql`endpoint_id`)}`;
  const state = stateExpression(context);
  const statesRead = sql<{ state: string; count: number; updates: number; security: number; exposed: number }>`
    select ${state} as state, count(*) as count, sum(e.update_count)::bigint as updates,
      sum(e.security_update_count)::bigint as security, count(*) filter (where e.open_finding_count > 0) as exposed
    from endpoint e join heartbeat h on h.endpoint_id = e.id
    where e.organisation_id = ${organisationId} and e.removed_at is null and e.admission = 'admitted' and ${within}
    group by 1`.execute(kysely);
  const waitingRead = sql<{ count: number }>`
    select count(*) as count from endpoint e
    where e.organisation_id = ${organisationId} and e.removed_at is null and e.admission = 'waiting' and ${within}`.execute(
    kysely,
  );
  const findingsRead = sql<{ open: number; not_effective: number; median_days: number | null }>`
    select count(*) filter (where closed_at is null) as open,
      count(*) filter (where state = 'installed-not-effective') as not_effective,
      percentile_cont(0.5) within group (order by extract(epoch from closed_at - opened_at) / 86400)
        filter (where end_reason in ('effective', 'removed')) as median_days
    from finding
    where ${ownFindings}
      and (closed_at is null or closed_at > ${context.clock()}::timestamptz - interval '30 days')`.execute(kysely);
  // An endpoint has one open finding of a package and architecture; only what comes in several must be counted apart.
  const topRead = sql<{ package: string; fixed: string; endpointCount: number }>`
    select package, fixed, case when not several then found else (
        select count(distinct endpoint_id) from finding f where ${ownFindings}
          and closed_at is null and f.package = counted.package and f.fixed = counted.fixed) end as "endpointCount"
    from (
      select package, fixed, count(*) as found, min(architecture) <> max(architecture) as several from finding
      where ${ownFindings} and closed_at is null group by package, fixed) as counted
    order by "endpointCount" desc, package, fixed limit ${TOP}`.execute(kysely);
  const vulnerabilitiesRead = sql<{ severity: string; decision: string; exploited: boolean; count: number }>`
    select severity, decision, exploited, count(*) as count from ${await summariesWithin(context, organisationId, reach)} s
    where organisation_id = ${organisationId} and endpoint_count > 0 and not minor group by 1, 2, 3`.execute(kysely);
  const runsRead = sql<{ count: number }>`
    select count(*) as count from run where organisation_id = ${organisationId} and ${runReachCondition(reach, sql`run.id`)}
      and state in ('planning', 'awaiting-approval', 'running')`.execute(kysely);
  const [states, waiting, findings, top, runs, points, vulnerabilities] = await Promise.all([
    statesRead,
    waitingRead,
    findingsRead,
    topRead,
    runsRead,
    trend(context, ownFindings),
    vulnerabilitiesRead,
  ]);
  const sum = (of: (row: (typeof states.rows)[number]) => number) => states.rows.reduce((all, row) => all + of(row), 0);
  return {
    endpointCount: sum((row) => row.count),
    waitingCount: waiting.rows[0]?.count ?? 0,
    states: Object.fromEntries(states.rows.map((row) => [row.state, row.count])),
    openFindings: findings.rows[0]?.open ?? 0,
    exposedEndpoints: sum((row) => row.exposed),
    notEffective: findings.rows[0]?.not_effective ?? 0,
    pendingUpdates: sum((row) => row.updates),
    securityUpdates: sum((row) => row.security),
    activeRuns: runs.rows[0]?.count ?? 0,
    medianDaysToClose: findings.rows[0]?.median_days ?? null,
    trend: points,
    top: top.rows,
    vulnerabilities: vulnerabilityCounts(vulnerabilities.rows),
  };
}

/** Open vulnerabilities, each once however many endpoints have it; as of the last assessment. */
function vulnerabilityCounts(
  rows: readonly { severity: string; decision: string; exploited: boolean; count: number }[],
): NonNullable<Overview['vulnerabilities']> {
  const sum = (which: (row: (typeof rows)[number]) => boolean): number =>
    rows.filter(which).reduce((total, { count }) => total + count, 0);
  return {
    total: sum(() => true),
    critical: sum(({ severity }) => severity === 'critical'),
    high: sum(({ severity }) => severity === 'high'),
    medium: sum(({ severity }) => severity === 'medium'),
    low: sum(({ severity }) => severity === 'low' || severity === 'none'),
    unknown: sum(({ severity }) => severity === 'unknown'),
    exploited: sum(({ exploited }) => exploited),
    act: sum(({ decision }) => decision === 'act'),
    attend: sum(({ decision }) => decision === 'attend'),
  };
}

/**
 * Open findings and exposed endpoints at the end of each day, and now. Each finding, and each merged interval of an
 * endpoint's findings, is one step up and one step down; the sums of the steps are the curves. Findings that opened and
 * closed together, as those of one assessment do, make one step. The first day is the one of the first finding.
 */
async function trend(context: ServerContext, ownFindings: RawBuilder<unknown>): Promise<Overview['trend']> {
  const now = context.clock();
  const { rows } = await sql<{ at: Date; open: number; exposed: number }>`
    with own as (
      select endpoint_id, opened_at, closed_at, count(*) as count from finding where ${ownFindings}
      group by endpoint_id, opened_at, closed_at),
    exposed as (
      select unnest(range_agg(tstzrange(opened_at, case when closed_at is not null then greatest(closed_at, opened_at) end))) as during from own group by endpoint_id),
    steps as (
      select opened_at as at, count as finding, 0 as endpoint from own
      union all select closed_at, -count, 0 from own where closed_at is not null
      union all select lower(during), 0, 1 from exposed where not isempty(during)
      union all select upper(during), 0, -1 from exposed where not isempty(during) and upper(during) is not null),
    points as (
      select least(day + interval '24 hours', ${now}::timestamptz) as at
      from generate_series(
        greatest(date_trunc('day', (select min(opened_at) from own), 'UTC'),
          date_trunc('day', ${now}::timestamptz, 'UTC') - ${TREND_DAYS - 1} * interval '24 hours'),
        ${now}::timestamptz, interval '24 hours') as day),
    -- Each step goes to the first point that is not before it, so that it is looked at once and not at each point.
    sums as (
      select greatest(least(date_trunc('day', at - interval '1 microsecond', 'UTC') + interval '24 hours',
          ${now}::timestamptz), (select min(at) from points)) as at,
        sum(finding) as finding, sum(endpoint) as endpoint
      from steps where at <= ${now}::timestamptz group by 1)
    select at, coalesce(sum(sums.finding) over until, 0)::bigint as open,
      coalesce(sum(sums.endpoint) over until, 0)::bigint as exposed
    from points left join sums using (at) window until as (order by at) order by at`.execute(context.database.kysely);
  return rows.map(({ at, open, exposed }) => ({
    at: at.toISOString(),
    openFindings: Math.max(0, open),
    exposedEndpoints: Math.max(0, exposed),
  }));
}
