import { type Kysely, sql } from 'kysely';
import { type Reach, endpointReachCondition } from '../../access/index.ts';
import { holds } from '../../advisories/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { OpenCount } from './count-open.ts';

/**
 * Adds the endpoints on which a fixed package is installed and the code before it still runs: findings that wait, with the
 * vulnerabilities of the version that they opened with.
 */
export async function notEffective(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  counts: readonly OpenCount[],
): Promise<readonly OpenCount[]> {
  const { rows } = await sql<{
    vulnerability: string;
    endpoints: number;
    packages: string[];
    since: Date;
    fix_states: string[];
  }>`
    select v.vulnerability, count(distinct f.endpoint_id) as endpoints, array_agg(distinct f.source) as packages,
      min(f.opened_at) as since, array_agg(distinct v.fix_state) as fix_states
    from finding f ${waitingVerdicts(null)}
    where f.organisation_id = ${organisationId} and f.state = 'installed-not-effective'
      and ${endpointReachCondition(reach, sql`f.endpoint_id`)}
    group by v.vulnerability`.execute(within);
  const found = new Map(rows.map((row) => [row.vulnerability, row]));
  const known = counts.map((count) => {
    const waiting = found.get(count.vulnerability);
    found.delete(count.vulnerability);
    return waiting === undefined ? count : { ...count, notEffectiveCount: count.notEffectiveCount + waiting.endpoints };
  });
  const others = [...found.values()].map((row) => ({
    vulnerability: row.vulnerability,
    packages: row.packages.sort(),
    fixState: row.fix_states.includes('fixed') ? 'fixed' : (row.fix_states[0] ?? 'unknown'),
    minor: false,
    endpointCount: 0,
    acceptedCount: 0,
    notEffectiveCount: row.endpoints,
    firstSeenMs: row.since.getTime(),
  }));
  return [...known, ...others];
}

/**
 * Joins findings `f` with the verdicts `v` of the software that they opened with, without those that what is installed now
 * has as well: these are open, not waiting.
 *
 * @param at as it was then; null: now.
 */
export function waitingVerdicts(at: Date | null) {
  return sql`
    join lateral (
      select distinct on (v.vulnerability) v.*, s.namespace, s.origin, s.purl from software s
      join verdict v on v.software_id = s.id and ${holds('v', at)}
      where s.name = f.package and s.version = f.installed and s.architecture is not distinct from f.architecture
        and s.namespace in (
          select present.namespace from endpoint_manifest em join manifest m on m.id = em.manifest_id
          join software present on present.id = any(m.software_ids) and present.source_name is not null
          where em.endpoint_id = f.endpoint_id and ${holds('em', at)})
        and not exists (
          select 1 from endpoint_manifest em join manifest m on m.id = em.manifest_id
          join software present on present.id = any(m.software_ids) and present.name = f.package
          join verdict still on still.software_id = present.id and ${holds('still', at)}
            and still.vulnerability = v.vulnerability
          where em.endpoint_id = f.endpoint_id and ${holds('em', at)})
      order by v.vulnerability, v.id) v on true`;
}
