import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Since and until when, of what holds at a moment. */
export interface Span {
  readonly since: Date;
  /** Null: it still does. */
  readonly until: Date | null;
}

/**
 * From when to when vulnerabilities were in packages of endpoints without interruption, around a moment: an update to
 * another version that has it too is no interruption. Keys are of `spanKey`.
 *
 * @param which a condition on the verdict `v`.
 * @param software all that `which` can be about; null: not known. Of 500 endpoints' lists it leaves a hundredth.
 */
export async function spansOf(
  within: Kysely<Tables>,
  endpointIds: readonly string[],
  which: RawBuilder<unknown>,
  at: Date,
  software: readonly number[] | null = null,
): Promise<ReadonlyMap<string, Span>> {
  const asked = software === null ? sql`true` : sql`each.id = any(${software}::int[])`;
  const { rows } = await sql<{
    endpoint_id: string;
    vulnerability: string;
    name: string;
    since: Date;
    until: Date | null;
  }>`
    with list as materialized (
      select em.endpoint_id, em.manifest_id, em.valid_from, em.valid_to from endpoint_manifest em
      where em.endpoint_id = any(${endpointIds}::uuid[])),
    held as materialized (
      select l.endpoint_id, each.id as software_id,
        range_agg(tstzrange(l.valid_from, l.valid_to)) as during
      from list l join manifest m on m.id = l.manifest_id cross join lateral unnest(m.software_ids) as each (id)
      where coalesce(l.valid_to, 'infinity') > l.valid_from and ${asked}
      group by 1, 2),
    spans as (
      select h.endpoint_id, v.vulnerability, s.name,
        range_agg(h.during * tstzmultirange(tstzrange(v.valid_from, v.valid_to))) as during
      from held h join verdict v on v.software_id = h.software_id and ${which}
        and coalesce(v.valid_to, 'infinity') > v.valid_from
      join software s on s.id = h.software_id
      group by 1, 2, 3)
    select endpoint_id, vulnerability, name, lower(span) as since, upper(span) as until
    from spans cross join lateral unnest(during) as each (span) where span @> ${at}::timestamptz`.execute(within);
  return new Map(
    rows.map((row) => [spanKey(row.endpoint_id, row.vulnerability, row.name), { since: row.since, until: row.until }]),
  );
}

export function spanKey(endpointId: string, vulnerability: string, packageName: string): string {
  return `${endpointId} ${vulnerability} ${packageName}`;
}
