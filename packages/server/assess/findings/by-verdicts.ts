import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { reachesFix } from './reaches-fix.ts';

/** Vulnerabilities named in an explanation. */
const NAMED = 3;

/** An update as far as it decides what it repairs. */
interface PendingUpdate {
  readonly name: string;
  readonly architecture: string;
  readonly candidate: string;
  readonly sourceVersion: string;
}

interface FixableVerdict {
  readonly name: string;
  readonly architecture: string;
  readonly vulnerability: string;
  readonly scheme: string;
  readonly fix_version: string;
  readonly fix_of: 'source' | 'binary' | null;
}

/**
 * What pending updates of an endpoint repair according to advisories, wherever they come from: by name and architecture,
 * joined with a zero character. The vendor's security pocket is not the only place of repairs.
 */
export async function repairedBy(
  within: Kysely<Tables>,
  endpointId: string,
  updates: readonly PendingUpdate[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (updates.length === 0) return new Map();
  const names = updates.map(({ name }) => name);
  const { rows } = await sql<FixableVerdict>`
    select s.name, s.architecture, v.vulnerability, s.scheme, v.fix_version, v.fix_of
    from endpoint_manifest em join manifest m on m.id = em.manifest_id
    join software s on s.id = any(m.software_ids) and s.name = any(${names}::text[])
    join verdict v on v.software_id = s.id and v.valid_to is null and v.outcome = 'affected' and v.fix_version is not null
    where em.endpoint_id = ${endpointId} and em.valid_to is null order by v.vulnerability`.execute(within);
  const byPackage = Map.groupBy(rows, ({ name, architecture }) => `${name}\0${architecture}`);
  return new Map(
    updates.flatMap((update) => {
      const key = `${update.name}\0${update.architecture}`;
      const repaired = (byPackage.get(key) ?? []).filter((verdict) => reachesFix(update, verdict));
      return repaired.length === 0 ? [] : [[key, repaired.map(({ vulnerability }) => vulnerability)] as const];
    }),
  );
}

export function vulnerabilitiesText(vulnerabilities: readonly string[]): string {
  const named = vulnerabilities.slice(0, NAMED).join(', ');
  const more = vulnerabilities.length - NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}

/** A package that had open vulnerabilities and was replaced or removed. */
export interface Replaced {
  readonly name: string;
  readonly architecture: string;
  readonly source: string;
  /** The version that had them. */
  readonly before: string;
  /** The version that is installed now; null: it was removed. */
  readonly now: string | null;
  readonly vulnerabilities: readonly string[];
}

/**
 * Packages whose last change on this endpoint ended vulnerabilities, whoever changed them and whether or not an update was
 * ever listed.
 *
 * @returns null: what is installed now was not assessed yet.
 */
export async function replacedPackages(
  within: Kysely<Tables>,
  endpointId: string,
): Promise<readonly Replaced[] | null> {
  const { rows } = await sql<Omit<Replaced, 'name'> & { name: string | null; pending: boolean }>`
    with list as materialized (
      select m.software_ids, em.valid_from from endpoint_manifest em join manifest m on m.id = em.manifest_id
      where em.endpoint_id = ${endpointId} and em.valid_to is null),
    former as materialized (
      select m.software_ids from endpoint_manifest em join manifest m on m.id = em.manifest_id
      where em.endpoint_id = ${endpointId} and em.valid_to <= (select valid_from from list)
      order by em.valid_to desc, em.valid_from desc limit 1),
    gone as (
      select s.* from (
        select unnest(software_ids) as id from former except select unnest(software_ids) from list) as each
      join software s on s.id = each.id where s.origin <> 'ecosystem'),
    present as (
      select s.* from list cross join lateral unnest(list.software_ids) as each (id) join software s on s.id = each.id
      where s.name in (select name from gone))
    select g.name, g.architecture, coalesce(g.source_name, g.name) as source, g.version as before, min(p.version) as now,
      bool_or(p.id is not null and p.assessed_at is null) as pending,
      array_agg(distinct v.vulnerability order by v.vulnerability) as vulnerabilities
    from gone g left join present p on p.name = g.name and p.architecture is not distinct from g.architecture
    join verdict v on v.software_id = g.id and v.valid_to is null and v.outcome = 'affected'
      and not exists (select 1 from verdict still where still.software_id = p.id and still.valid_to is null
        and still.vulnerability = v.vulnerability)
    group by 1, 2, 3, 4`.execute(within);
  if (rows.some(({ pending }) => pending)) return null;
  return rows.flatMap(({ pending: _pending, name, ...row }) => (name === null ? [] : [{ name, ...row }]));
}
