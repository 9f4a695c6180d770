import type {
  EndpointDetail,
  EndpointPackages,
  EndpointUpdates,
  Gap,
  InstalledPackage,
  System,
  Update,
  Wait,
} from '@thimble/protocol';
import { sql } from 'kysely';
import { EVERYWHERE, type Reach, reachCondition } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { ENDPOINT_COLUMNS, type EndpointRow, toSummary } from './endpoint-list.ts';

/** One endpoint with everything that is known of it but its lists. @throws HttpProblem 404 */
export async function endpointDetail(
  context: ServerContext,
  organisationId: string,
  endpointId: string,
): Promise<EndpointDetail> {
  const { rows } = await sql<
    EndpointRow & { waits: Wait[]; gaps: Gap[]; document: System | null; manifest_sha256: string | null }
  >`
    select ${ENDPOINT_COLUMNS}, e.waits, e.gaps, s.document, h.manifest_sha256
    from endpoint e join heartbeat h on h.endpoint_id = e.id
    left join endpoint_system s on s.endpoint_id = e.id and s.valid_to is null
    where e.id = ${endpointId} and e.organisation_id = ${organisationId} and e.removed_at is null`.execute(
    context.database.kysely,
  );
  const [row] = rows;
  if (row === undefined) throw unknownEndpoint();
  return {
    summary: toSummary(row, context),
    system: row.document,
    waits: row.waits,
    gaps: row.gaps,
    manifestSha256: row.manifest_sha256,
  };
}

export async function endpointPackages(
  context: ServerContext,
  organisationId: string,
  endpointId: string,
): Promise<EndpointPackages> {
  await assertEndpoint(context, organisationId, endpointId);
  const { rows } = await sql<InstalledPackage>`
    select p.name, p.architecture, p.version, p.source, p.source_version as "sourceVersion", p.status, p.automatic, p.held,
      p.origin
    from endpoint_manifest em
    join manifest m on m.organisation_id = em.organisation_id and m.sha256 = em.sha256
    join package_version p on p.id = any(m.package_ids)
    where em.endpoint_id = ${endpointId} and em.valid_to is null
    order by p.name collate "C", p.architecture collate "C"`.execute(context.database.kysely);
  return { items: rows, total: rows.length };
}

export async function endpointUpdates(
  context: ServerContext,
  organisationId: string,
  endpointId: string,
): Promise<EndpointUpdates> {
  await assertEndpoint(context, organisationId, endpointId);
  const { kysely } = context.database;
  const { rows } = await sql<Update>`
    select v.name, v.architecture, v.installed, v.candidate, v.source, v.source_version as "sourceVersion", v.security,
      v.origin, v.download_bytes as "downloadBytes", v.held, v.phased
    from endpoint_updates u
    join update_list l on l.organisation_id = u.organisation_id and l.sha256 = u.sha256
    join update_version v on v.id = any(l.update_ids)
    where u.endpoint_id = ${endpointId} and u.valid_to is null
    order by v.name collate "C", v.architecture collate "C"`.execute(kysely);
  const checked = await sql<{ at: Date | null }>`
    select case when h.updates_sha256 = h.reported_updates then h.last_seen_at else u.valid_from end as at
    from endpoint_updates u join heartbeat h on h.endpoint_id = u.endpoint_id
    where u.endpoint_id = ${endpointId} and u.valid_to is null`.execute(kysely);
  return { items: rows, checkedAt: checked.rows[0]?.at?.toISOString() ?? null };
}

/** @returns its host name. @throws HttpProblem 404, also for an endpoint of another organisation, or beyond reach. */
export async function assertEndpoint(
  context: Pick<ServerContext, 'database'>,
  organisationId: string,
  endpointId: string,
  reach: Reach = EVERYWHERE,
): Promise<string> {
  const { rows } = await sql<{
    hostname: string;
  }>`select hostname from endpoint where id = ${endpointId} and organisation_id = ${organisationId}
    and removed_at is null and ${reachCondition(reach, sql`labels`)}`.execute(context.database.kysely);
  const [row] = rows;
  if (row === undefined) throw unknownEndpoint();
  return row.hostname;
}

export function unknownEndpoint(): HttpProblem {
  return new HttpProblem(404, 'unknown-endpoint', { detail: 'There is no such endpoint.' });
}
