import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** What a copy in one organisation has to become. */
export interface Difference {
  readonly organisationId: string;
  readonly kind: 'made' | 'changed' | 'removed';
  /** null: there has never been one. One that was removed comes back. */
  readonly copyId: string | null;
  readonly originPolicyId: string;
  readonly originVersion: number;
  readonly name: string;
  /** The name of the organisation whose policy it is, and how far above it is. */
  readonly from: string;
  readonly levels: number;
  /** The copy's own: the one that is to be written, of one that goes its last. */
  readonly version: number;
}

/**
 * Where copies are not what the policies above say. Of several of one name an enforced one counts, the topmost; then the nearest. An
 * organisation's own policy of that name keeps away what is not enforced, and one that is archived has none.
 */
export async function findDifferences(
  within: Kysely<Tables>,
  organisationIds: readonly string[],
): Promise<readonly Difference[]> {
  const { rows } = await sql<Difference>`
    with wanted as (
      select distinct on (t.id, p.name) t.id as organisation_id, p.id as origin_policy_id, p.name, p.version,
        o.name as origin_name, a.distance as levels
      from organisation t
      cross join lateral organisations_above(t.id) a
      join organisation o on o.id = a.id
      join policy p on p.organisation_id = a.id and p.removed_at is null and p.origin_policy_id is null
      join policy_version v on v.policy_id = p.id and v.version = p.version
      cross join lateral (select v.document ->> 'clients' = 'enforced' as enforced) as c
      where t.id = any(${[...organisationIds]}::uuid[]) and t.archived_at is null and a.distance > 0
        and v.document ? 'clients'
        and (c.enforced or not exists (select from policy own where own.organisation_id = t.id and own.name = p.name
          and own.origin_policy_id is null and own.removed_at is null))
      order by t.id, p.name, c.enforced desc, case when c.enforced then -a.distance else a.distance end
    ), present as (
      select p.organisation_id, p.origin_policy_id, p.id, p.name, p.version, p.removed_at, p.origin_name, p.origin_levels,
        v.origin_version
      from policy p join policy_version v on v.policy_id = p.id and v.version = p.version
      where p.organisation_id = any(${[...organisationIds]}::uuid[]) and p.origin_policy_id is not null
    )
    select coalesce(w.organisation_id, p.organisation_id) as "organisationId",
      case when w.name is null then 'removed' when p.id is null or p.removed_at is not null then 'made' else 'changed' end as kind,
      p.id as "copyId", coalesce(w.origin_policy_id, p.origin_policy_id) as "originPolicyId",
      coalesce(w.version, p.origin_version) as "originVersion", coalesce(w.name, p.name) as name,
      coalesce(w.origin_name, p.origin_name) as "from", coalesce(w.levels, p.origin_levels) as levels,
      coalesce(p.version, 0) + case when w.name is null then 0 else 1 end as version
    from wanted w full join present p
      on p.organisation_id = w.organisation_id and p.origin_policy_id = w.origin_policy_id
    where case when w.name is null then p.removed_at is null
      else p.id is null or p.removed_at is not null or p.origin_version <> w.version end
    order by 1, 6`.execute(within);
  return rows;
}
