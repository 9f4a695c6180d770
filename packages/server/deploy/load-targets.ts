import type { OrderFacts, RunFacts, TargetFacts } from '@thimble/rollouts';
import type { Selection } from '@thimble/protocol';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { approverFacts, haltReason } from '../approvals/index.ts';
import type { Tables } from '../storage/index.ts';

/** A run as the reconciler and the routes read it. */
export interface RunRow {
  readonly id: string;
  readonly organisation_id: string;
  readonly name: string;
  readonly selection: Selection;
  readonly state: string;
  readonly explanation: string;
  readonly created_at: Date;
  readonly created_by: string;
  readonly approved_at: Date | null;
  readonly approved_by: string | null;
  readonly cancel_requested_at: Date | null;
  readonly finished_at: Date | null;
  readonly restart_services: boolean;
  readonly target_count: number;
  readonly snapshot_id: string | null;
  readonly snapshot_name: string | null;
  /** The rollout that it belongs to; null: people act on it. */
  readonly rollout_id: string | null;
  readonly rollout_name: string | null;
  readonly rollout_over: boolean;
  /** Why everything is stopped; null: it is not. */
  readonly halted: string | null;
}

export function runFacts(run: RunRow, checkInIntervalS: number): RunFacts {
  return {
    approved: run.approved_at !== null,
    cancelRequested: run.cancel_requested_at !== null,
    checkInIntervalMs: checkInIntervalS * 1000,
    snapshotId: run.snapshot_id,
    rollout: run.rollout_id === null ? null : run.rollout_over ? 'over' : 'under-way',
    halted: run.halted,
  };
}

/** @param lock `update`: until the transaction ends nobody else moves this run. */
export async function readRun(
  within: Kysely<Tables>,
  runId: string,
  lock: 'none' | 'update' | 'skip-locked',
): Promise<RunRow | undefined> {
  if (lock !== 'none') {
    // In a statement of its own: one for both would see what is joined as it was before it waited.
    const suffix = lock === 'update' ? sql`` : sql`skip locked`;
    const locked = await sql`select 1 from run where id = ${runId} for no key update ${suffix}`.execute(within);
    if (locked.rows.length === 0) return undefined;
  }
  const { rows } = await sql<RunRow>`select ${RUN_COLUMNS} from run r ${RUN_JOINS} where r.id = ${runId}`.execute(
    within,
  );
  return rows[0];
}

/** What makes a row of `run r` a RunRow. */
export const RUN_COLUMNS = sql`r.*, s.name as snapshot_name, rollout.name as rollout_name,
  rollout.ended_at is not null as rollout_over, ${haltReason('r.organisation_id')} as halted`;
export const RUN_JOINS = sql`left join content_snapshot s on s.id = r.snapshot_id
  left join rollout on rollout.id = r.rollout_id`;

interface TargetRow {
  readonly endpoint_id: string;
  readonly hostname: string;
  readonly last_seen_ms: number | null;
  readonly removed: boolean;
  readonly quarantined: string | null;
  readonly approved_digest: string | null;
  readonly start_before_ms: number | null;
  readonly dropped: TargetFacts['dropped'];
  readonly request: TargetFacts['request'];
  readonly orders: readonly OrderFacts[];
  readonly busy_with: TargetFacts['busyWith'];
}

/** Orders that change an endpoint: only one of them is under way there at a time, whatever run it belongs to. */
export const CHANGING_KINDS = sql`('apply', 'rollback', 'restart-services', 'reboot')`;

/**
 * The facts of a run's targets, narrow: what was installed where stays in the database.
 *
 * @param which a condition on `t` (run_target), such as which endpoints.
 * @param lock takes the targets' rows until the transaction ends.
 */
export async function loadTargets(
  within: Kysely<Tables>,
  runId: string,
  which: RawBuilder<unknown>,
  lock: boolean,
  limit = 100_000,
): Promise<readonly TargetFacts[]> {
  if (lock)
    await sql`select 1 from run_target t where t.run_id = ${runId} and ${which}
      order by t.endpoint_id limit ${limit} for update`.execute(within);
  const { rows } = await sql<TargetRow>`
    select t.endpoint_id, e.hostname, (extract(epoch from h.last_seen_at) * 1000)::bigint as last_seen_ms,
      e.removed_at is not null as removed, e.quarantine_reason as quarantined, t.approved_digest, t.dropped, t.request,
      (extract(epoch from t.start_before) * 1000)::bigint as start_before_ms,
      coalesce((
        select jsonb_agg(jsonb_build_object(
            'id', o.id, 'kind', o.kind, 'generation', o.generation,
            'transactionDigest', o.transaction_digest, 'approvalId', o.approval_id,
            'issuedAtMs', (extract(epoch from o.issued_at) * 1000)::bigint,
            'expiresAtMs', (extract(epoch from o.expires_at) * 1000)::bigint,
            'deliveredAtMs', (extract(epoch from o.delivered_at) * 1000)::bigint,
            'cancelRequestedAtMs', (extract(epoch from o.cancel_requested_at) * 1000)::bigint,
            'closed', case when o.closed_at is not null then jsonb_build_object(
              'reason', o.closed_reason, 'atMs', (extract(epoch from o.closed_at) * 1000)::bigint) end,
            'result', o.result, 'resultAtMs', (extract(epoch from o.outcome_at) * 1000)::bigint, 'progress', o.progress, 'blocked', o.blocked) order by o.generation)
        from endpoint_order o where o.run_id = t.run_id and o.endpoint_id = t.endpoint_id), '[]') as orders,
      (select jsonb_build_object('kind', b.kind, 'runName', coalesce(r.name, 'no run'))
        from endpoint_order b left join run r on r.id = b.run_id
        where b.endpoint_id = t.endpoint_id and b.outcome_at is null and b.closed_at is null
          and b.run_id is distinct from t.run_id and b.kind in ${CHANGING_KINDS} limit 1) as busy_with
    from run_target t
    join endpoint e on e.id = t.endpoint_id
    left join heartbeat h on h.endpoint_id = t.endpoint_id
    where t.run_id = ${runId} and ${which}
    order by t.endpoint_id limit ${limit}`.execute(within);
  const endpointIds = rows.map((row) => row.endpoint_id);
  const approversOf = await approverFacts(within, runId, endpointIds);
  return rows.map((row) => ({
    endpointId: row.endpoint_id,
    hostname: row.hostname,
    lastSeenAtMs: row.last_seen_ms,
    removed: row.removed,
    quarantined: row.quarantined,
    approvedDigest: row.approved_digest,
    startBeforeMs: row.start_before_ms,
    dropped: row.dropped,
    request: row.request,
    orders: row.orders,
    busyWith: row.busy_with,
    approvers: approversOf?.(row.endpoint_id) ?? null,
  }));
}
