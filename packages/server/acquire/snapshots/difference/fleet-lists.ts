import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../../storage/index.ts';
import { sharedDocuments } from '../../repositories/configured.ts';
import { placeNames } from '../../repositories/place.ts';
import { readRepositories } from '../../repositories/rows.ts';

/** Endpoints that are alike here: they take from the same repositories and have the same packages. */
export interface FleetList {
  readonly repositoryIds: ReadonlySet<string>;
  readonly software: Int32Array;
  readonly endpointCount: number;
}

const MANIFESTS_AT_ONCE = 500;

/** What the endpoints have that take from any of these repositories. */
export async function fleetLists(
  within: Kysely<Tables>,
  organisationId: string,
  repositoryIds: readonly string[],
): Promise<readonly FleetList[]> {
  const sources = await documentsWith(within, organisationId, repositoryIds);
  if (sources.size === 0) return [];
  const { rows } = await sql<{ manifestId: number; sha256: string; count: number }>`
    select em.manifest_id as "manifestId", er.sha256, count(*) as count
    from endpoint_repositories er join endpoint_manifest em on em.endpoint_id = er.endpoint_id and em.valid_to is null
    where er.organisation_id = ${organisationId} and er.valid_to is null and er.sha256 = any(${[...sources.keys()]})
    group by 1, 2`.execute(within);
  const manifests = await readManifests(within, [...new Set(rows.map(({ manifestId }) => manifestId))]);
  // Lists of repositories differ in what does not matter here: 200,000 endpoints with 60 lists and 500 sets of packages are 500.
  const groups = Map.groupBy(rows, ({ manifestId, sha256 }) =>
    [manifestId, ...[...(sources.get(sha256) ?? [])].sort()].join(' '),
  );
  return [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : [
          {
            repositoryIds: sources.get(first.sha256) ?? new Set(),
            software: manifests.get(first.manifestId) ?? new Int32Array(),
            endpointCount: more.reduce((sum, { count }) => sum + count, first.count),
          },
        ],
  );
}

async function documentsWith(
  within: Kysely<Tables>,
  organisationId: string,
  repositoryIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await readRepositories(within, sql`r.id = any(${[...repositoryIds]}::uuid[])`);
  const places = new Map(rows.flatMap((row) => placeNames(row).map((name) => [name, row.id] as const)));
  const found = new Map<string, ReadonlySet<string>>();
  for await (const { sha256, document } of sharedDocuments(within, organisationId, 'places')) {
    const here = new Set(document.repositories.flatMap(placeNames).flatMap((name) => places.get(name) ?? []));
    if (here.size > 0) found.set(sha256, here);
  }
  return found;
}

async function readManifests(within: Kysely<Tables>, ids: readonly number[]): Promise<ReadonlyMap<number, Int32Array>> {
  const manifests = new Map<number, Int32Array>();
  for (let at = 0; at < ids.length; at += MANIFESTS_AT_ONCE) {
    const { rows } = await sql<{ id: number; ids: number[] | null }>`
      select id, software_ids as ids from manifest
      where id = any(${ids.slice(at, at + MANIFESTS_AT_ONCE)}::int[])`.execute(within);
    for (const row of rows) manifests.set(row.id, Int32Array.from(row.ids ?? []));
  }
  return manifests;
}
