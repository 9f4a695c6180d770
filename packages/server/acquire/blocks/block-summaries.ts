import type { BlockSummary } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Named with each block; the count says how many there are. */
const ENDPOINTS_NAMED = 200;
const PACKAGES_NAMED = 100;
const BLOCKS_SHOWN = 500;

interface Row extends Omit<BlockSummary, 'createdAt' | 'liftedAt'> {
  readonly created_at: Date;
  readonly lifted_at: Date | null;
}

/**
 * Blocks with what they mean now: which packages they cover, where those are installed, and what became of the orders that were under
 * way. An order that was asked to stop and installed all the same came too late. Standing ones first, then newest first.
 *
 * @param id only this one
 */
export async function blockSummaries(
  within: Kysely<Tables>,
  organisationId: string,
  id: string | null = null,
): Promise<BlockSummary[]> {
  const { rows } = await sql<Row>`
    select b.id, b.name, b.source, b.version, b.architecture, b.reason, b.created_at, b.created_by as "createdBy",
      b.lifted_at, b.lifted_by as "liftedBy", names.packages, coalesce(installed.count, 0) as "installedCount",
      coalesce(installed.endpoints, '[]') as "installedOn", ends.stopped as "stoppedOrders", ends.too_late as "tooLateOrders"
    from content_block b
    cross join lateral (
      select coalesce(array_agg(v.id), '{}') as ids, coalesce(array_agg(distinct v.name), '{}') as names from package_version v
      where v.organisation_id = b.organisation_id and (b.architecture is null or v.architecture = b.architecture)
        and ((not b.source and v.name = b.name and v.version = b.version)
          or (b.source and v.source = b.name and v.source_version = b.version))) known
    cross join lateral (
      select (coalesce(array_agg(distinct n.name order by n.name), '{}'))[1:${PACKAGES_NAMED}] as packages from (
        select unnest(known.names) as name
        union select p.name from content_package p join content_repository r on r.id = p.repository_id
          where r.organisation_id = b.organisation_id and (b.architecture is null or p.architecture = b.architecture)
            and ((not b.source and p.name = b.name and p.version = b.version)
              or (b.source and p.source = b.name and p.source_version = b.version))) n) names
    left join lateral (
      select count(*) as count,
        jsonb_agg(jsonb_build_object('endpointId', e.id, 'hostname', e.hostname) order by e.hostname)
          filter (where e.place <= ${ENDPOINTS_NAMED}) as endpoints
      from (select e.id, e.hostname, row_number() over (order by e.hostname) as place
        from manifest m join endpoint_manifest em on em.manifest_id = m.id and em.valid_to is null
        join endpoint e on e.id = em.endpoint_id and e.organisation_id = b.organisation_id and e.removed_at is null
        where m.package_ids && known.ids) e) installed on cardinality(known.ids) > 0
    cross join lateral (
      select count(*) filter (where not late) as stopped, count(*) filter (where late) as too_late from (
        select o.ending = 'too-late' or coalesce(x.result->>'kind', '') in ('applied', 'failed') as late
        from content_block_order o join endpoint_order x on x.id = o.order_id where o.block_id = b.id) each) ends
    where b.organisation_id = ${organisationId} and (${id}::uuid is null or b.id = ${id})
    order by b.lifted_at is not null, b.created_at desc, b.id desc limit ${BLOCKS_SHOWN}`.execute(within);
  return rows.map(({ created_at: createdAt, lifted_at: liftedAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    liftedAt: liftedAt?.toISOString() ?? null,
  }));
}
