import { namespaceOf } from '@thimble/advisories';
import type { Update } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** An update as endpoints reported it, stored once for all that lack the same. */
export interface ReportedUpdate {
  readonly id: number;
  readonly name: string;
  readonly architecture: string;
  readonly installed: string;
  readonly candidate: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly security: boolean;
  readonly origin: Update['origin'];
  readonly downloadBytes: number;
  readonly held: boolean;
}

export interface ReportedLists {
  /** Ids of updates by the list's digest. */
  readonly lists: ReadonlyMap<string, readonly number[]>;
  readonly ofEndpoint: ReadonlyMap<string, string>;
  /** Sorted by name and architecture. */
  readonly updates: ReadonlyMap<number, ReportedUpdate>;
  /** Of the distributions that these endpoints have: whose advisories speak of their packages. */
  readonly namespaces: readonly string[];
}

/** The lists that endpoints reported last. @param endpointIds null: all that were not removed. */
export async function readLists(
  within: Kysely<Tables>,
  organisationId: string,
  endpointIds: readonly string[] | null,
): Promise<ReportedLists> {
  const which = endpointIds === null ? sql`true` : sql`e.id = any(${[...endpointIds]}::uuid[])`;
  const living = sql`e.organisation_id = ${organisationId} and e.removed_at is null and ${which}`;
  const endpoints = await sql<{ id: string; sha256: string }>`
    select e.id, u.sha256 from endpoint e join endpoint_updates u on u.endpoint_id = e.id and u.valid_to is null
    where ${living}`.execute(within);
  const ofEndpoint = new Map(endpoints.rows.map(({ id, sha256 }) => [id, sha256]));
  const digests = [...new Set(ofEndpoint.values())];
  const lists = await sql<{ sha256: string; ids: number[] }>`
    select sha256, update_ids as ids from update_list
    where organisation_id = ${organisationId} and sha256 = any(${digests}::text[])`.execute(within);
  const ids = [...new Set(lists.rows.flatMap((row) => row.ids))];
  const updates = await sql<ReportedUpdate>`
    select id, name, architecture, installed, candidate, source, source_version as "sourceVersion", security, origin,
      download_bytes as "downloadBytes", held
    from update_version where organisation_id = ${organisationId} and id = any(${ids}::int[])
    order by name collate "C", architecture collate "C", id`.execute(within);
  const distributions = await sql<{ id: string; versionId: string; codename: string }>`
    select distinct m.distribution->>'id' as id, m.distribution->>'versionId' as "versionId",
      m.distribution->>'codename' as codename
    from manifest m where m.organisation_id = ${organisationId} and exists (
      select 1 from endpoint_manifest em join endpoint e on e.id = em.endpoint_id
      where em.manifest_id = m.id and em.valid_to is null and ${living})`.execute(within);
  return {
    lists: new Map(lists.rows.map((row) => [row.sha256, row.ids])),
    ofEndpoint,
    updates: new Map(updates.rows.map((update) => [update.id, update])),
    namespaces: distributions.rows.map((system) => namespaceOf({ ...system, idLike: [] }).namespace),
  };
}
