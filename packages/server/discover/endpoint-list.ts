import type { EndpointList, EndpointListQuery, EndpointState, EndpointSummary } from '@thimble/protocol';
import { endpointState, MISSED_CHECK_INS } from '@thimble/rollouts';
import { type RawBuilder, sql } from 'kysely';
import { type Reach, reachCondition } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { readCursor, writeCursor } from '../http/index.ts';
import { endpointSearch } from './endpoint-search.ts';

export interface EndpointRow {
  readonly id: string;
  readonly hostname: string;
  readonly os_name: string;
  readonly os_id: string;
  readonly architecture: string;
  readonly kernel: string;
  readonly condition: Exclude<EndpointState, 'stale'>;
  readonly explanation: string;
  readonly package_count: number;
  readonly update_count: number;
  readonly security_update_count: number;
  readonly open_finding_count: number;
  readonly reboot_required: boolean;
  readonly enrolled_at: Date;
  readonly last_seen_at: Date;
  readonly held_until: Date | null;
  readonly agent_version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly asset_site: string;
  readonly admission: 'admitted' | 'waiting';
  readonly quarantine_reason: string | null;
}

export const ENDPOINT_COLUMNS = sql`e.id, e.hostname, e.os_name, e.os_id, e.architecture, e.kernel, e.condition,
  e.explanation, e.package_count, e.update_count, e.security_update_count, e.open_finding_count, e.reboot_required,
  e.enrolled_at, h.last_seen_at, h.held_until, h.agent_version, e.labels, e.groups, e.asset_site,
  e.admission, case when e.quarantined_at is not null then e.quarantine_reason end as quarantine_reason`;

/** Before this an endpoint's last sign of life makes it stale; the same rule as `endpointState`. */
export function staleBefore(context: Pick<ServerContext, 'clock' | 'settings'>): Date {
  return new Date(context.clock().getTime() - MISSED_CHECK_INS * context.settings.checkInIntervalS * 1000);
}

/** The state as SQL, for filters, sorting and counts; `toSummary` says the same of a row. */
export function stateExpression(context: Pick<ServerContext, 'clock' | 'settings'>): RawBuilder<string> {
  return sql<string>`case when h.last_seen_at < ${staleBefore(context)} then 'stale' else e.condition end`;
}

/** What wants attention first: the order of states in a list. */
const STATE_RANK = sql`array['failed', 'exposed', 'waits', 'patching', 'stale', 'unknown', 'pending', 'current']`;

export function toSummary(row: EndpointRow, context: Pick<ServerContext, 'clock' | 'settings'>): EndpointSummary {
  const nowMs = context.clock().getTime();
  const condition = { state: row.condition, explanation: row.explanation };
  const intervalMs = context.settings.checkInIntervalS * 1000;
  return {
    id: row.id,
    hostname: row.hostname,
    os: row.os_name,
    osId: row.os_id,
    architecture: row.architecture,
    kernel: row.kernel,
    ...endpointState(condition, row.last_seen_at.getTime(), intervalMs, nowMs),
    packageCount: row.package_count,
    updateCount: row.update_count,
    securityUpdateCount: row.security_update_count,
    openFindingCount: row.open_finding_count,
    enrolledAt: row.enrolled_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    connected: row.held_until !== null && row.held_until.getTime() > nowMs,
    agentVersion: row.agent_version,
    rebootRequired: row.reboot_required,
    labels: row.labels,
    groups: [...row.groups],
    site: row.asset_site,
    ...standingOf(row),
  };
}

/** What is known of its patching is no news while nobody may act on it. */
function standingOf({
  admission,
  quarantine_reason: reason,
}: EndpointRow): Pick<EndpointSummary, 'standing'> & { explanation?: string } {
  if (reason !== null) return { standing: 'quarantined', explanation: `in quarantine: ${reason}` };
  return admission === 'admitted' ? {} : { standing: 'waiting', explanation: 'waits until somebody lets it in' };
}

const LIMIT_DEFAULT = 200;

/** A page of endpoints: filtered, sorted and cut by the database; ties go by id, so pages never overlap. */
export async function listEndpoints(
  context: ServerContext,
  organisationId: string,
  query: EndpointListQuery,
  reach: Reach,
): Promise<EndpointList> {
  const limit = query.limit ?? LIMIT_DEFAULT;
  const state = stateExpression(context);
  const key = sortKey(query.sort ?? 'hostname', state);
  const descending = query.direction === 'desc';
  const cursor = readCursor(query.cursor);
  const where = sql`${endpointSearch(organisationId, query, state)} and ${reachCondition(reach, sql`e.labels`)}`;
  const page = sql`select ${ENDPOINT_COLUMNS}, (${key})::text as sort_key
    from endpoint e join heartbeat h on h.endpoint_id = e.id
    where ${where}`;
  const after =
    cursor === undefined
      ? sql`true`
      : descending
        ? sql`(${key}, e.id) < (${typed(query.sort, cursor.key)}, ${cursor.id}::uuid)`
        : sql`(${key}, e.id) > (${typed(query.sort, cursor.key)}, ${cursor.id}::uuid)`;
  const order = descending ? sql`${key} desc, e.id desc` : sql`${key}, e.id`;
  const { kysely } = context.database;
  const rows = await sql<EndpointRow & { sort_key: string }>`
    ${page} and ${after} order by ${order} limit ${limit + 1}`.execute(kysely);
  const counted = await sql<{ total: number }>`
    select count(*) as total from endpoint e join heartbeat h on h.endpoint_id = e.id
    where ${where}`.execute(kysely);
  const items = rows.rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => toSummary(row, context)),
    total: counted.rows[0]?.total ?? 0,
    nextCursor:
      rows.rows.length > limit && last !== undefined ? writeCursor({ key: last.sort_key, id: last.id }) : null,
  };
}

type Sort = NonNullable<EndpointListQuery['sort']>;

function sortKey(sort: Sort, state: RawBuilder<string>): RawBuilder<unknown> {
  switch (sort) {
    case 'hostname':
      return sql`e.hostname collate "C"`;
    case 'os':
      return sql`e.os_name collate "C"`;
    case 'state':
      return sql`array_position(${STATE_RANK}, ${state})`;
    case 'securityUpdateCount':
      return sql`e.security_update_count`;
    case 'updateCount':
      return sql`e.update_count`;
    case 'lastSeenAt':
      return sql`(extract(epoch from h.last_seen_at) * 1000000)::bigint`;
  }
}

function typed(sort: Sort | undefined, key: string): RawBuilder<unknown> {
  return sort === undefined || sort === 'hostname' || sort === 'os'
    ? sql`${key}::text collate "C"`
    : sql`${key}::bigint`;
}
