import type { AffectedEndpoint, AffectedEndpointList } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Reach, endpointReachCondition, reachCondition } from '../../access/index.ts';
import { holds } from '../../advisories/index.ts';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { type Occurrence, type Surroundings, classify } from './classify.ts';
import { waitingOn } from './endpoint-vulnerabilities.ts';
import { OCCURRENCE_COLUMNS, type OccurrenceRow, occurrenceOf } from './occurrence-row.ts';
import { spanKey, spansOf } from './since.ts';
import { surroundingsOf } from './surroundings.ts';

/** From so many on, walking all endpoints by name finds a page sooner than sorting the affected ones. */
const MANY = 20_000;

interface Carrier {
  readonly occurrence: Occurrence;
  readonly softwareId: number;
}

interface Member {
  readonly id: string;
  readonly hostname: string;
  readonly software: readonly number[];
}

/**
 * Endpoints within reach that have a vulnerability, as it was at a moment, by name. Counted and found over lists of packages, of which
 * a fleet has far fewer than endpoints.
 *
 * @param at null: now.
 * @returns total: endpoints; the items of the first of them, one for each package.
 */
export async function affectedEndpoints(
  { database: { kysely }, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  reach: Reach,
  vulnerability: string,
  at: Date | null,
  limit: number,
): Promise<AffectedEndpointList> {
  const now = clock();
  const carriers = await readCarriers(kysely, vulnerability, at);
  const lists = await readLists(kysely, organisationId, [...carriers.keys()]);
  const total = await countEndpoints(kysely, reach, [...lists.keys()], at);
  const members = await readMembers(kysely, organisationId, reach, lists, { at, limit, total });
  const ids = members.map(({ id }) => id);
  const names = [...new Set([...carriers.values()].map(({ occurrence }) => occurrence.name))];
  const around = await surroundingsOf(kysely, organisationId, ids, names, at, now);
  const which = sql`v.vulnerability = ${vulnerability}`;
  const spans = await spansOf(kysely, ids, which, at ?? now, await softwareEver(kysely, vulnerability));
  const present = members.flatMap(({ id, hostname, software }) => {
    const own = software.flatMap((each) => carriers.get(each)?.occurrence ?? []);
    const surroundings = around.get(id);
    if (surroundings === undefined) return [];
    const whole = { ...surroundings, inNextKernel: nextKernel(own, surroundings) };
    return own.map((occurrence): AffectedEndpoint => {
      const span = spans.get(spanKey(id, vulnerability, occurrence.name));
      return {
        ...endpointItem(id, hostname, occurrence),
        ...classify(occurrence, whole),
        since: (span?.since ?? at ?? now).toISOString(),
        until: span?.until?.toISOString() ?? null,
      };
    });
  });
  const waiting = await waitingOn(
    kysely,
    sql`f.organisation_id = ${organisationId} and v.vulnerability = ${vulnerability}
      and ${endpointReachCondition(reach, sql`f.endpoint_id`)}`,
    at,
  );
  const waitingItems = waiting.slice(0, limit).map(({ endpointId, hostname, occurrence, since, until, ...rest }) => ({
    ...endpointItem(endpointId, hostname, occurrence),
    ...rest,
    since: since.toISOString(),
    until: until?.toISOString() ?? null,
  }));
  const onlyWaiting = new Set(waiting.map(({ endpointId }) => endpointId).filter((id) => !ids.includes(id)));
  return { items: [...present, ...waitingItems], total: total + onlyWaiting.size };
}

function endpointItem(endpointId: string, hostname: string, occurrence: Occurrence) {
  return {
    endpointId,
    hostname,
    package: occurrence.name,
    installed: occurrence.version,
    fixedVersion: occurrence.fixVersion,
  };
}

function nextKernel(own: readonly Occurrence[], { kernels }: Omit<Surroundings, 'inNextKernel'>): ReadonlySet<string> {
  return new Set(
    own.flatMap(({ kernelRelease, vulnerability }) =>
      kernelRelease !== null && kernelRelease === kernels.installed ? [vulnerability] : [],
    ),
  );
}

/** The software that has it, whoever has that. */
async function readCarriers(
  within: Kysely<Tables>,
  vulnerability: string,
  at: Date | null,
): Promise<ReadonlyMap<number, Carrier>> {
  const { rows } = await sql<OccurrenceRow & { software_id: number }>`
    select v.software_id, ${OCCURRENCE_COLUMNS} from verdict v join software s on s.id = v.software_id
    where v.vulnerability = ${vulnerability} and ${holds('v', at)}`.execute(within);
  return new Map(rows.map((row) => [row.software_id, { softwareId: row.software_id, occurrence: occurrenceOf(row) }]));
}

/** The software that has or had it: an endpoint may have had another version before. */
async function softwareEver(within: Kysely<Tables>, vulnerability: string): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct software_id as id from verdict where vulnerability = ${vulnerability}`.execute(within);
  return rows.map(({ id }) => id);
}

/** The organisation's lists that name any of this software, and which of it. */
export async function readLists(
  within: Kysely<Tables>,
  organisationId: string,
  software: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  if (software.length === 0) return new Map();
  const { rows } = await sql<{ id: number; software: number[] }>`
    select m.id, array(select each.id from unnest(m.software_ids) as each (id)
      where each.id = any(${software}::int[])) as software
    from manifest m where m.organisation_id = ${organisationId} and m.software_ids && ${software}::int[]`.execute(
    within,
  );
  return new Map(rows.map((row) => [row.id, row.software]));
}

/** Each endpoint has one list at a time, so lists' endpoints are counted by adding them up. */
async function countEndpoints(
  within: Kysely<Tables>,
  reach: Reach,
  manifests: readonly number[],
  at: Date | null,
): Promise<number> {
  if (manifests.length === 0) return 0;
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from endpoint_manifest em
    where em.manifest_id = any(${manifests}::int[]) and ${holds('em', at)}
      and ${endpointReachCondition(reach, sql`em.endpoint_id`)}`.execute(within);
  return rows[0]?.total ?? 0;
}

async function readMembers(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  lists: ReadonlyMap<number, readonly number[]>,
  { at, limit, total }: { readonly at: Date | null; readonly limit: number; readonly total: number },
): Promise<readonly Member[]> {
  if (total === 0) return [];
  const ids = [...lists.keys()];
  const columns = sql`e.id, e.hostname, em.manifest_id`;
  const walked = sql`
    select ${columns} from (select id, hostname from endpoint
      where organisation_id = ${organisationId} and removed_at is null and ${reachCondition(reach, sql`labels`)} order by hostname, id) e
    join lateral (select manifest_id from endpoint_manifest em where em.endpoint_id = e.id and em.valid_to is null
      and em.manifest_id = any(${ids}::int[]) offset 0) em on true`;
  const collected = sql`
    select ${columns} from endpoint_manifest em join endpoint e on e.id = em.endpoint_id
    where em.manifest_id = any(${ids}::int[]) and ${holds('em', at)}
      and ${reachCondition(reach, sql`e.labels`)} order by e.hostname, e.id`;
  const { rows } = await sql<{ id: string; hostname: string; manifest_id: number }>`
    ${at === null && total > MANY ? walked : collected} limit ${limit}`.execute(within);
  return rows.map(({ id, hostname, manifest_id: manifest }) => ({
    id,
    hostname,
    software: lists.get(manifest) ?? [],
  }));
}
