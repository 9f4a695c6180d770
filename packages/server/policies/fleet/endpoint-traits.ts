import type { EndpointAsset } from '@thimble/protocol';
import type { EndpointTraits } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** An endpoint as far as policies and windows are concerned. */
export interface FleetMember {
  readonly id: string;
  readonly traits: EndpointTraits;
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
  const { rows } = await sql<Row>`
    select e.id, e.hostname, e.os_id, e.labels, e.groups, e.asset_criticality, e.asset_site, e.time_zone, h.last_seen_at
    from endpoint e join heartbeat h on h.endpoint_id = e.id
    where e.organisation_id = ${organisationId} and e.removed_at is null and ${which} order by e.id`.execute(within);
  return rows.map((row) => ({
    id: row.id,
    traits: {
      hostname: row.hostname,
      platform: row.os_id === '' ? null : row.os_id,
      labels: new Map(Object.entries(row.labels)),
      groups: row.groups,
      criticality: row.asset_criticality,
      site: row.asset_site === '' ? null : row.asset_site,
    },
    timeZone: row.time_zone === '' ? serverZone : row.time_zone,
    lastSeenMs: row.last_seen_at.getTime(),
  }));
}

interface Row {
  readonly id: string;
  readonly hostname: string;
  readonly os_id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly asset_criticality: EndpointAsset['criticality'];
  readonly asset_site: string;
  readonly time_zone: string;
  readonly last_seen_at: Date;
}
