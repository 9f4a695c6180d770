import type { EndpointAsset } from '@thimble/protocol';
import type { EndpointTraits } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** An endpoint as far as policies and windows are concerned. */
export interface FleetMember {
  readonly id: string;
  readonly traits: EndpointTraits;
  /** Equal for members whose traits differ in their host names alone: a large fleet has few such kinds. */
  readonly kind: string;
  /** IANA; its own, else the server's. */
  readonly timeZone: string;
  readonly lastSeenMs: number;
}

/**
 * Those of the organisation that were not removed, by id: so that whoever computes from them twice gets the same twice.
 *
 * @param ids null: all.
 * @param serverZone of endpoints that have no zone of their own: the setting `time-zone`.
 */
export async function endpointTraits(
  within: Kysely<Tables>,
  organisationId: string,
  ids: readonly string[] | null,
  serverZone: string,
): Promise<readonly FleetMember[]> {
  const which = ids === null ? sql`true` : sql`e.id = any(${[...ids]}::uuid[])`;
  // As texts: equal labels are read once, not ten thousand times.
  const { rows } = await sql<Row>`
    select e.id, e.hostname, e.os_id, e.labels::text as labels, to_json(e.groups)::text as groups, e.asset_criticality,
      e.asset_site, e.time_zone, (extract(epoch from h.last_seen_at) * 1000)::float8 as last_seen_ms
    from endpoint e join heartbeat h on h.endpoint_id = e.id
    where e.organisation_id = ${organisationId} and e.removed_at is null and e.admission = 'admitted'
      and ${which} order by e.id`.execute(within);
  const shared = new Map<string, Omit<EndpointTraits, 'hostname'>>();
  return rows.map((row) => {
    const { os_id, labels, groups, asset_criticality, asset_site } = row;
    const kind = [os_id, labels, groups, asset_criticality, asset_site].join('\0');
    const traits = shared.get(kind) ?? sharedTraits(row);
    shared.set(kind, traits);
    return {
      id: row.id,
      traits: { hostname: row.hostname, ...traits },
      kind,
      timeZone: row.time_zone === '' ? serverZone : row.time_zone,
      lastSeenMs: row.last_seen_ms,
    };
  });
}

interface Row {
  readonly id: string;
  readonly hostname: string;
  readonly os_id: string;
  readonly labels: string;
  readonly groups: string;
  readonly asset_criticality: EndpointAsset['criticality'];
  readonly asset_site: string;
  readonly time_zone: string;
  readonly last_seen_ms: number;
}

function sharedTraits(row: Row): Omit<EndpointTraits, 'hostname'> {
  return {
    platform: row.os_id === '' ? null : row.os_id,
    labels: new Map(Object.entries(JSON.parse(row.labels) as Record<string, string>)),
    groups: JSON.parse(row.groups) as string[],
    criticality: row.asset_criticality,
    site: row.asset_site === '' ? null : row.asset_site,
  };
}
