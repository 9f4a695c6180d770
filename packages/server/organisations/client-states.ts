import type { ClientState } from '@thimble/protocol';
import { sql } from 'kysely';
import type { Principal } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { stateExpression } from '../discover/index.ts';
import { asSystem } from '../storage/index.ts';
import { overseenOrganisations } from './reachable.ts';

interface Row {
  readonly id: string;
  readonly endpoints: number | null;
  readonly stale: number | null;
  readonly exposed: number | null;
  readonly exploited: number | null;
  readonly critical: number | null;
  readonly halted: number | null;
  readonly overdue: number | null;
  readonly waiting: number;
  readonly last_run_at: Date | null;
}

/** How every organisation stands that the caller oversees: each table is read once, for all of them together. */
export async function clientStates(context: ServerContext, principal: Principal): Promise<readonly ClientState[]> {
  const organisations = await overseenOrganisations(context, principal);
  const ids = organisations.map(({ id }) => id);
  const state = stateExpression(context);
  const now = context.clock();
  const { rows } = await asSystem(() =>
    sql<Row>`
      with e as (
        select e.organisation_id as id, count(*) as endpoints, count(*) filter (where ${state} = 'stale') as stale,
          count(*) filter (where e.open_finding_count > 0) as exposed
        from endpoint e join heartbeat h on h.endpoint_id = e.id
        where e.organisation_id = any(${ids}::uuid[]) and e.removed_at is null group by 1),
      v as (
        select organisation_id as id, count(*) filter (where exploited) as exploited,
          count(*) filter (where severity = 'critical') as critical
        from vulnerability_summary
        where organisation_id = any(${ids}::uuid[]) and endpoint_count > 0 and not minor group by 1),
      r as (
        select organisation_id as id, count(*) filter (where state = 'halted') as halted,
          count(*) filter (where state = 'awaiting-approval') as waiting
        from rollout where organisation_id = any(${ids}::uuid[]) and ended_at is null group by 1),
      d as (
        select l.organisation_id as id, count(distinct m.endpoint_id) as overdue from rollout l
        join rollout_patch_set p on p.rollout_id = l.id and p.deadline < ${now}
        join rollout_member m on m.rollout_id = l.id and m.patch_set = p.number and m.outcome <> 'done'
        where l.organisation_id = any(${ids}::uuid[]) and l.ended_at is null group by 1),
      n as (
        select organisation_id as id, max(created_at) as last_run_at,
          count(*) filter (where state = 'awaiting-approval' and rollout_id is null) as waiting
        from run where organisation_id = any(${ids}::uuid[]) group by 1),
      a as (
        select organisation_id as id, count(*) as waiting from approval_request
        where organisation_id = any(${ids}::uuid[]) and state = 'open' and expires_at > ${now} group by 1)
      select id, e.endpoints, e.stale, e.exposed, v.exploited, v.critical, r.halted, d.overdue, n.last_run_at,
        coalesce(r.waiting, 0) + coalesce(n.waiting, 0) + coalesce(a.waiting, 0) as waiting
      from unnest(${ids}::uuid[]) as o (id) left join e using (id) left join v using (id) left join r using (id)
      left join d using (id) left join n using (id) left join a using (id)`.execute(context.database.kysely),
  );
  const counts = new Map(rows.map((row) => [row.id, row]));
  return organisations.map((organisation) => {
    const row = counts.get(organisation.id);
    return {
      organisation,
      endpointCount: row?.endpoints ?? 0,
      staleCount: row?.stale ?? 0,
      exposedCount: row?.exposed ?? 0,
      exploitedCount: row?.exploited ?? 0,
      criticalCount: row?.critical ?? 0,
      haltedRolloutCount: row?.halted ?? 0,
      overdueCount: row?.overdue ?? 0,
      waitingApprovalCount: row?.waiting ?? 0,
      lastRunAt: row?.last_run_at?.toISOString() ?? null,
    };
  });
}
