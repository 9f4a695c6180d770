import type { Gap } from '@thimble/protocol';
import { sql } from 'kysely';
import { holds } from '../../advisories/index.ts';
import type { ServerContext } from '../../context.ts';
import { namespaceGaps } from './namespace-gaps.ts';

/** Gaps named one by one; more are counted. */
const NAMED = 200;

/** What could not be assessed on one endpoint: whole namespaces first, then packages, grouped by reason. */
export async function endpointGaps(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  endpointId: string,
  at: Date | null,
): Promise<readonly Gap[]> {
  const { rows } = await sql<{ namespace: string | null; read: boolean; pending: number }>`
    select s.namespace, m.software_ids is not null as read, count(*) filter (where s.assessed_at is null) as pending
    from endpoint_manifest em join manifest m on m.id = em.manifest_id
    left join software s on s.id = any(m.software_ids)
    where em.endpoint_id = ${endpointId} and em.organisation_id = ${organisationId} and ${holds('em', at)}
    group by 1, 2 order by 1`.execute(database.kysely);
  if (rows.length === 0)
    return [{ what: 'software', why: 'the endpoint had not reported its list of packages at that time' }];
  const spaces = rows.flatMap(({ namespace }) => (namespace === null ? [] : [namespace]));
  const gaps: Gap[] = (await namespaceGaps(database.kysely, spaces, clock())).map(({ namespace, why }) => ({
    what: namespace,
    why,
  }));
  const pending = rows.reduce((sum, row) => sum + (row.namespace === null && row.read ? 0 : row.pending), 0);
  if (pending > 0)
    gaps.unshift({ what: 'assessment', why: `${pending} packages have not been assessed yet; that takes a moment` });
  return [...gaps, ...(await packageGaps({ database }, endpointId, at))];
}

async function packageGaps(
  { database }: Pick<ServerContext, 'database'>,
  endpointId: string,
  at: Date | null,
): Promise<readonly Gap[]> {
  const { rows } = await sql<{
    name: string;
    version: string;
    why: string;
    vulnerability: string | null;
    total: number;
  }>`
    select s.name, s.version, g.why, g.vulnerability, count(*) over () as total
    from endpoint_manifest em join manifest m on m.id = em.manifest_id
    join software s on s.id = any(m.software_ids)
    join software_gap g on g.software_id = s.id and ${holds('g', at)}
    where em.endpoint_id = ${endpointId} and ${holds('em', at)}
    order by g.vulnerability nulls first, s.name, g.why limit ${NAMED}`.execute(database.kysely);
  const gaps = rows.map(({ name, version, why, vulnerability }) => ({
    what: vulnerability === null ? `${name} ${version}` : `${vulnerability} in ${name} ${version}`,
    why,
  }));
  const more = (rows[0]?.total ?? 0) - rows.length;
  return more > 0 ? [...gaps, { what: `${more} more`, why: 'not listed here, for want of room' }] : gaps;
}
