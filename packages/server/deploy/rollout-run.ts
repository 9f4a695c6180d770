import type { Selection } from '@thimble/protocol';
import type { TargetRequest } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { concludeRun, publishRun } from './advance.ts';
import { readRun } from './load-targets.ts';

// What a rollout does with its run, in the transaction in which it decided. Orders are signed by the run's own reconciler, which
// looks again whether what was decided is still so.

/** Locks it until the transaction ends, before any of its targets. */
export async function lockRun(within: Kysely<Tables>, runId: string): Promise<void> {
  await sql`select 1 from run where id = ${runId} for no key update`.execute(within);
}

export interface RolloutRun {
  readonly organisationId: string;
  readonly rolloutId: string;
  readonly name: string;
  readonly selection: Selection;
  readonly snapshotId: string | null;
  readonly restartServices: boolean;
  readonly actor: string;
}

/** Nobody is in it yet: its rollout adds endpoints ring by ring. @returns its id */
export async function createRolloutRun(
  within: Kysely<Tables>,
  context: ServerContext,
  { organisationId, rolloutId, name, selection, snapshotId, restartServices, actor }: RolloutRun,
): Promise<string> {
  const id = context.newId();
  const now = context.clock();
  await sql`
    insert into run (id, organisation_id, name, selection, state, explanation, created_at, created_by, approved_at,
      approved_by, restart_services, target_count, snapshot_id, rollout_id)
    values (${id}, ${organisationId}, ${name}, ${JSON.stringify(selection)}::jsonb, 'running',
      'its rollout is under way: it has no endpoints', ${now}, ${actor}, ${now}, ${actor}, ${restartServices}, 0,
      ${snapshotId}, ${rolloutId})`.execute(within);
  await appendEvidence(within, [
    {
      organisationId,
      at: now,
      kind: 'run-created',
      actor,
      runId: id,
      summary: `the rollout ${name} has a run of its own`,
      detail: { rolloutId, selection, snapshotId },
    },
  ]);
  return id;
}

/** Endpoints that are asked for their transactions now. Whoever was asked before is not asked again. */
export async function askTargets(
  within: Kysely<Tables>,
  run: { readonly id: string; readonly organisationId: string },
  asked: readonly { readonly endpointId: string; readonly selection: Selection }[],
): Promise<void> {
  await sql`
    insert into run_target (run_id, endpoint_id, organisation_id, selection)
    select ${run.id}::uuid, e.id, e.organisation_id, a.selection
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as a ("endpointId" uuid, selection jsonb)
    join endpoint e on e.id = a."endpointId" and e.organisation_id = ${run.organisationId} and e.removed_at is null
    order by e.id on conflict do nothing`.execute(within);
  await sql`update run set target_count = (select count(*) from run_target where run_id = ${run.id})
    where id = ${run.id}`.execute(within);
}

/** Who has another request is left as it is: the rollout decides again when that is done. */
export async function requestTargets(
  within: Kysely<Tables>,
  runId: string,
  request: TargetRequest,
  endpointIds: readonly string[],
): Promise<void> {
  await sql`update run_target set request = ${request}, under_way = true
    where run_id = ${runId} and endpoint_id = any(${[...endpointIds]}::uuid[]) and request is null`.execute(within);
}

/** The same for what begins in time or not at all. */
export async function requestInTime(
  within: Kysely<Tables>,
  runId: string,
  request: 'reboot' | 'restart-services',
  asked: readonly { readonly endpointId: string; readonly startBefore: Date }[],
): Promise<void> {
  await sql`update run_target t set request = ${request}, start_before = a."startBefore", under_way = true
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as a ("endpointId" uuid, "startBefore" timestamptz)
    where t.run_id = ${runId} and t.endpoint_id = a."endpointId" and t.request is null`.execute(within);
}

/**
 * Nothing new begins: installations that no endpoint has begun are withdrawn where they were not fetched, and asked to stop before their
 * point of no return where they were. What was approved or asked for and is no order yet is none any more.
 */
export async function withdrawTargets(
  within: Kysely<Tables>,
  context: Pick<ServerContext, 'events'>,
  run: { readonly id: string; readonly organisation_id: string },
): Promise<void> {
  await lockRun(within, run.id);
  await sql`update run_target t set request = 'cancel', under_way = true, approved_digest = null, start_before = null
    where t.run_id = ${run.id} and t.request is distinct from 'roll-back'
      and (t.approved_digest is not null or t.request is not null or exists (
        select from endpoint_order o where o.run_id = t.run_id and o.endpoint_id = t.endpoint_id and o.kind = 'apply'
          and o.outcome_at is null and o.closed_at is null))`.execute(within);
  await publishRun(context, run, within);
}

/** Each for exactly the transaction that it planned, and for an installation that begins in time. */
export async function approveTargets(
  within: Kysely<Tables>,
  runId: string,
  approved: readonly { readonly endpointId: string; readonly digest: string; readonly startBefore: Date }[],
): Promise<void> {
  await sql`
    update run_target t set approved_digest = a.digest, start_before = a."startBefore", under_way = true
    from jsonb_to_recordset(${JSON.stringify(approved)}::jsonb) as a ("endpointId" uuid, digest text,
      "startBefore" timestamptz)
    where t.run_id = ${runId} and t.endpoint_id = a."endpointId" and t.transaction_digest = a.digest
      and t.request is null and t.dropped is null`.execute(within);
}

/** The rollout is over, so its run is when nothing is under way any more. The rollout's own end is written already. */
export async function endRolloutRun(
  within: Kysely<Tables>,
  context: ServerContext,
  runId: string,
  cancelled: boolean,
): Promise<void> {
  if (cancelled) {
    await sql`update run set cancel_requested_at = ${context.clock()}
      where id = ${runId} and cancel_requested_at is null`.execute(within);
    await sql`update run_target set under_way = true
      where run_id = ${runId} and state in ('planning', 'planned')`.execute(within);
  }
  const run = await readRun(within, runId, 'update');
  if (run !== undefined) {
    await concludeRun(within, context, run);
    await publishRun(context, run, within);
  }
}
