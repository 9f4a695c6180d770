import type { FleetGap, FleetGapList } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Reach, endpointReachCondition, reachCondition } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { readLists } from '../findings/affected-endpoints.ts';
import { type FleetNamespace, namespacesOf, sumUp } from '../summaries/index.ts';
import { namespaceGaps } from './namespace-gaps.ts';

const ENDPOINTS_NAMED = 20;
/** Software of one kind of gap that is looked up; a fleet with more has that many endpoints anyway. */
const SOFTWARE = 5_000;

/** What could not be assessed anywhere in the fleet within reach, the most widespread first. */
export async function fleetGaps(
  { database: { kysely }, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  reach: Reach,
): Promise<FleetGapList> {
  const items = [
    ...(await unread(kysely, organisationId, reach)),
    ...(await ofNamespaces(kysely, organisationId, reach, clock())),
    ...(await ofSoftware(kysely, organisationId, reach)),
  ];
  items.sort((a, b) => b.endpointCount - a.endpointCount || (a.what < b.what ? -1 : 1));
  return { items, total: items.length };
}

/** Endpoints of which no list of software is known at all. */
async function unread(within: Kysely<Tables>, organisationId: string, reach: Reach): Promise<readonly FleetGap[]> {
  const { rows } = await sql<{ id: string; hostname: string; total: number }>`
    select e.id, e.hostname, count(*) over () as total from endpoint e
    where e.organisation_id = ${organisationId} and e.removed_at is null and ${reachCondition(reach, sql`e.labels`)} and not exists (
      select 1 from endpoint_manifest em where em.endpoint_id = e.id and em.valid_to is null)
    order by e.hostname limit ${ENDPOINTS_NAMED}`.execute(within);
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      reason: 'not-reported',
      what: 'software',
      why: 'these endpoints have not reported what is installed on them',
      endpointCount: first.total,
      packageCount: 0,
      endpoints: rows.map(({ id, hostname }) => ({ id, hostname })),
    },
  ];
}

async function ofNamespaces(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  now: Date,
): Promise<readonly FleetGap[]> {
  const used = new Map(
    (await namespacesWithin(within, organisationId, reach, now)).map((each) => [each.namespace, each]),
  );
  const gaps: FleetGap[] = [];
  for (const { namespace, reason, why } of await namespaceGaps(within, [...used.keys()], now)) {
    const endpoints = await sql<{ id: string; hostname: string }>`
      select e.id, e.hostname from endpoint e join endpoint_manifest em on em.endpoint_id = e.id and em.valid_to is null
      join manifest m on m.id = em.manifest_id
      where e.organisation_id = ${organisationId} and e.removed_at is null and ${reachCondition(reach, sql`e.labels`)} and exists (
        select 1 from software s where s.id = any(m.software_ids) and s.namespace = ${namespace})
      order by e.hostname, e.id limit ${ENDPOINTS_NAMED}`.execute(within);
    gaps.push({
      reason,
      what: namespace,
      why,
      endpointCount: used.get(namespace)?.endpointCount ?? 0,
      packageCount: used.get(namespace)?.packageCount ?? 0,
      endpoints: endpoints.rows,
    });
  }
  return gaps;
}

async function namespacesWithin(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  now: Date,
): Promise<readonly FleetNamespace[]> {
  if (reach.kind === 'labels') return namespacesOf(within, (await sumUp(within, organisationId, reach, now)).fleet);
  const { rows } = await sql<{ namespaces: readonly FleetNamespace[] }>`
    select namespaces from assessment_state where organisation_id = ${organisationId}`.execute(within);
  return rows[0]?.namespaces ?? [];
}

/** Gaps of packages, put together by reason and whose packages they are. */
async function ofSoftware(within: Kysely<Tables>, organisationId: string, reach: Reach): Promise<readonly FleetGap[]> {
  const { rows } = await sql<{ reason: string; what: string; software: number[] }>`
    select g.reason, coalesce(s.origin_name, s.namespace) as what,
      (array_agg(distinct s.id))[1:${sql.lit(SOFTWARE)}] as software
    from software_gap g join software s on s.id = g.software_id
    where g.valid_to is null group by 1, 2`.execute(within);
  const gaps: FleetGap[] = [];
  for (const { reason, what, software } of rows) {
    const lists = await readLists(within, organisationId, software);
    if (lists.size === 0) continue;
    const endpoints = await sql<{ id: string; hostname: string; total: number }>`
      select e.id, e.hostname, count(*) over () as total from endpoint_manifest em join endpoint e on e.id = em.endpoint_id
      where em.manifest_id = any(${[...lists.keys()]}::int[]) and em.valid_to is null and ${reachCondition(reach, sql`e.labels`)}
      order by e.hostname, e.id limit ${ENDPOINTS_NAMED}`.execute(within);
    const total = endpoints.rows[0]?.total ?? 0;
    if (total === 0) continue;
    const own = reach.kind === 'all' ? [...new Set([...lists.values()].flat())] : await presentOn(within, reach, lists);
    gaps.push({
      reason,
      what: what.slice(0, 512),
      why: await exampleOf(within, reason, own),
      endpointCount: total,
      packageCount: own.length,
      endpoints: endpoints.rows.map(({ id, hostname }) => ({ id, hostname })),
    });
  }
  return gaps;
}

/** Which of the lists' software endpoints within reach have. */
async function presentOn(
  within: Kysely<Tables>,
  reach: Reach,
  lists: ReadonlyMap<number, readonly number[]>,
): Promise<readonly number[]> {
  const { rows } = await sql<{ manifest_id: number }>`
    select distinct em.manifest_id from endpoint_manifest em
    where em.manifest_id = any(${[...lists.keys()]}::int[]) and em.valid_to is null
      and ${endpointReachCondition(reach, sql`em.endpoint_id`)}`.execute(within);
  return [...new Set(rows.flatMap(({ manifest_id: manifest }) => lists.get(manifest) ?? []))];
}

/** The words for one of the packages: only the organisation's own, other organisations' software is none of its business. */
async function exampleOf(within: Kysely<Tables>, reason: string, software: readonly number[]): Promise<string> {
  const { rows } = await sql<{ why: string }>`
    select why from software_gap where software_id = any(${software}::int[]) and reason = ${reason} and valid_to is null
    order by software_id limit 1`.execute(within);
  return (rows[0]?.why ?? '').slice(0, 16_384);
}
