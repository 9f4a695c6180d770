import type { FleetUpdate, FleetUpdateList } from '@thimble/protocol';
import { type RawBuilder, sql } from 'kysely';
import type { ServerContext } from '../context.ts';

/** More endpoints than this are counted, and some of them named. */
const ENDPOINTS_NAMED = 200;
const UPDATES_SHOWN = 5000;

interface Filter {
  readonly search?: string;
  readonly security?: boolean;
  /** A condition on `e`, the endpoint: whose updates count. */
  readonly within: RawBuilder<unknown>;
}

interface UpdateRow extends Omit<FleetUpdate, 'endpoints'> {
  /** Lists of updates that name it, enough of them for the endpoints to be named; and what is installed there. */
  readonly lists: readonly string[];
  readonly installed: readonly string[];
}

interface Member {
  readonly id: string;
  readonly hostname: string;
}

/**
 * One row for each update that endpoints wait for. Endpoints share lists of updates, so lists are what is counted with:
 * a fleet has far fewer. The names are put together here, because PostgreSQL takes seconds to print 60,000 of them.
 */
export async function fleetUpdates(
  context: Pick<ServerContext, 'database'>,
  organisationId: string,
  filter: Filter,
): Promise<FleetUpdateList> {
  const rows = await readUpdates(context, organisationId, filter);
  const members = await readMembers(context, organisationId, filter, [...new Set(rows.flatMap(({ lists }) => lists))]);
  const items = rows.map(({ lists, installed, ...update }) => ({
    ...update,
    endpoints: lists
      .flatMap((list, index) =>
        (members.get(list) ?? []).map(({ id, hostname }) => ({ id, hostname, installed: installed[index] ?? '' })),
      )
      .slice(0, ENDPOINTS_NAMED)
      .sort((a, b) => (a.hostname < b.hostname ? -1 : a.hostname > b.hostname ? 1 : 0)),
  }));
  return { items, total: items.length };
}

/** An endpoint counts once for an update, also when it has the package for two architectures. */
async function readUpdates(
  { database }: Pick<ServerContext, 'database'>,
  organisationId: string,
  { search, security, within }: Filter,
): Promise<readonly UpdateRow[]> {
  const parts = [sql`true`];
  if (search !== undefined && search !== '')
    parts.push(sql`(v.name ilike ${pattern(search)} or v.source ilike ${pattern(search)})`);
  if (security !== undefined) parts.push(sql`v.security = ${security}`);
  const { rows } = await sql<UpdateRow>`
    with list as materialized (
      select u.sha256, count(*) as count from endpoint e
      join endpoint_updates u on u.endpoint_id = e.id and u.valid_to is null
      where e.organisation_id = ${organisationId} and e.removed_at is null and ${within} group by u.sha256),
    item as (
      select v.name, v.candidate, v.source, v.security, v.installed, v.download_bytes, v.origin, list.sha256, list.count,
        row_number() over (partition by v.name, v.candidate, list.sha256 order by v.architecture) as nth
      from list join update_list l on l.organisation_id = ${organisationId} and l.sha256 = list.sha256
      cross join lateral unnest(l.update_ids) as each (id) join update_version v on v.id = each.id
      where ${sql.join(parts, sql` and `)}),
    placed as (
      select item.*, sum(count) over (partition by name, candidate, nth order by sha256 rows unbounded preceding) - count
        as before
      from item)
    select name, candidate, max(source) as source, bool_or(security) as security,
      (array_agg(concat_ws(' ', origin->>'label', origin->>'suite', origin->>'component')))[1] as origin,
      max(download_bytes)::bigint as "downloadBytes", (sum(count) filter (where nth = 1))::bigint as "endpointCount",
      array_agg(sha256) filter (where nth = 1 and before < ${sql.lit(ENDPOINTS_NAMED)}) as lists,
      array_agg(installed) filter (where nth = 1 and before < ${sql.lit(ENDPOINTS_NAMED)}) as installed
    from placed group by name, candidate
    order by security desc, "endpointCount" desc, name, candidate limit ${sql.lit(UPDATES_SHOWN)}`.execute(
    database.kysely,
  );
  return rows;
}

/** The first endpoints of each list, by name. */
async function readMembers(
  { database }: Pick<ServerContext, 'database'>,
  organisationId: string,
  { within }: Filter,
  lists: readonly string[],
): Promise<ReadonlyMap<string, readonly Member[]>> {
  const { rows } = await sql<{ sha256: string; ids: string[]; hostnames: string[] }>`
    select sha256, array_agg(id::text order by place) as ids, array_agg(hostname order by place) as hostnames
    from (
      select u.sha256, e.id, e.hostname, row_number() over (partition by u.sha256 order by e.hostname, e.id) as place
      from endpoint_updates u join endpoint e on e.id = u.endpoint_id
      where u.organisation_id = ${organisationId} and u.sha256 = any(${lists}::text[]) and u.valid_to is null
        and e.removed_at is null and ${within}) as member
    where place <= ${sql.lit(ENDPOINTS_NAMED)} group by sha256`.execute(database.kysely);
  return new Map(
    rows.map(({ sha256, ids, hostnames }) => [
      sha256,
      ids.map((id, index) => ({ id, hostname: hostnames[index] ?? '' })),
    ]),
  );
}

/** `%` and `_` mean themselves. */
export function pattern(search: string): string {
  return `%${search.replace(/[\\%_]/g, '\\$&')}%`;
}
