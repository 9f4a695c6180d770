import type { ClientState } from '@thimble/protocol';
import { sql } from 'kysely';
import type { Principal } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { stateExpression } from '../discover/index.ts';
import { asSystem } from '../storage/index.ts';
import { overseenOrganisations } from './reachable.ts';

interface Row {
  readonly id: string;
  readonly endpoints: number;
  readonly stale: number;
  readonly exposed: number;
  readonly exploited: number;
  readonly critical: number;
  readonly halted: number;
  readonly overdue: number;
  readonly waiting: number;
  readonly last_run_at: Date | null;
}

/** How every organisation stands that the caller oversees. */
export async function clientStates(context: ServerContext, principal: Principal): Promise<readonly ClientState[]> {
  const organisations = await overseenOrganisations(context, principal);
  const ids = organisations.map(({ id }) => id);
  const state = stateExpression(context);
  const now = context.clock();
  const { rows } = await asSystem(() =>
    sql<Row>`
      select o.id, e.endpoints, e.stale, e.exposed, v.exploited, v.critical, r.halted, d.overdue, w.waiting, n.last_run_at
      from unnest(${ids}::uuid[]) as o (id)
      cross join lateral (
        select count(*) as endpoints, count(*) filter (where ${state} = 'stale') as stale,
          count(*) filter (where e.open_finding_count > 0) as exposed
        from endpoint e join heartbeat h on h.endpoint_id = e.id
        where e.organisation_id = o.id and e.removed_at is null) e
      cross join lateral (
        select count(*) filter (where exploited) as exploited, count(*) filter (where severity = 'critical') as critical
        from vulnerability_summary s where s.organisation_id = o.id and s.endpoint_count > 0 and not s.minor) v
      cross join lateral (
        select count(*) as halted from rollout where organisation_id = o.id and state = 'halted') r
      cross join lateral (
        select count(distinct m.endpoint_id) as overdue from rollout l
        join rollout_patch_set p on p.rollout_id = l.id and p.deadline < ${now}
        join rollout_member m on m.rollout_id = l.id and m.patch_set = p.number and m.outcome <> 'done'
        where l.organisation_id = o.id and l.ended_at is null) d
      cross join lateral (
        select (select count(*) from rollout where organisation_id = o.id and state = 'awaiting-approval')
          + (select count(*) from run
              where organisation_id = o.id and state = 'awaiting-approval' and rollout_id is null)
          + (select count(*) from approval_request
              where organisation_id = o.id and state = 'open' and expires_at > ${now}) as waiting) w
      cross join lateral (
        select max(created_at) as last_run_at from run where organisation_id = o.id) n`.execute(
      context.database.kysely,
    ),
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
