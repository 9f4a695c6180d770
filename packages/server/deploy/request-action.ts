import { advanceTarget, type TargetRequest } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import type { Tables } from '../storage/index.ts';
import { assertOwn, unknownRun } from './approve-run.ts';
import { publishRun } from './advance.ts';
import { loadTargets, readRun, type RunRow, runFacts } from './load-targets.ts';

/**
 * Notes what an operator wants of targets; the reconciler makes orders of it.
 *
 * @param endpoints undefined: all to which the action applies.
 * @throws HttpProblem 404, 409 `not-applicable`
 */
export async function requestAction(
  context: ServerContext,
  operator: { readonly organisationId: string; readonly name: string },
  runId: string,
  action: TargetRequest,
  endpoints: readonly string[] | undefined,
): Promise<void> {
  await context.database.kysely.transaction().execute(async (within) => {
    const run = await readRun(within, runId, 'update');
    if (run === undefined || run.organisation_id !== operator.organisationId) throw unknownRun();
    assertOwn(run);
    if (action === 'cancel' && endpoints === undefined) await cancelRun(within, context, run);
    else await requestOfRun(within, context, run, action, endpoints);
    await publishRun(context, run, within);
  });
}

async function cancelRun(within: Kysely<Tables>, context: ServerContext, run: RunRow): Promise<void> {
  if (run.state === 'cancelled' || run.cancel_requested_at !== null) return;
  if (run.state === 'finished')
    throw new HttpProblem(409, 'not-applicable', { detail: 'This run is finished: there is nothing to cancel.' });
  await sql`update run set cancel_requested_at = ${context.clock()} where id = ${run.id}`.execute(within);
  await sql`update run_target set under_way = true where run_id = ${run.id} and (under_way or needs_approval)`.execute(
    within,
  );
}

/**
 * The same for a rollout's run, in the transaction of the decision. The rollout is locked.
 *
 * @returns how many endpoints it is for
 */
export async function requestOfTargets(
  within: Kysely<Tables>,
  context: ServerContext,
  runId: string,
  action: TargetRequest,
  endpoints: readonly string[] | undefined,
): Promise<number> {
  const run = await readRun(within, runId, 'update');
  if (run === undefined) throw unknownRun();
  const count = await requestOfRun(within, context, run, action, endpoints);
  await publishRun(context, run, within);
  return count;
}

async function requestOfRun(
  within: Kysely<Tables>,
  context: ServerContext,
  run: RunRow,
  action: TargetRequest,
  endpoints: readonly string[] | undefined,
): Promise<number> {
  if (action === 'retry' || action === 'pre-stage' || action === 'trial') await assertContent(within, run);
  const which = endpoints === undefined ? sql`true` : sql`t.endpoint_id = any(${[...new Set(endpoints)]}::uuid[])`;
  const targets = await loadTargets(within, run.id, which, true);
  const facts = runFacts(run, context.settings.checkInIntervalS);
  const nowMs = context.clock().getTime();
  const reports = targets.map((target) => advanceTarget(target, facts, nowMs).report);
  const able = reports.filter(({ actions }) => actions.includes(action)).map(({ endpointId }) => endpointId);
  const [unable] = reports.filter(({ actions }) => !actions.includes(action));
  if (endpoints !== undefined && targets.length < new Set(endpoints).size)
    throw new HttpProblem(404, 'unknown-endpoint', { detail: 'An endpoint is not part of this run.' });
  if (able.length === 0 || (endpoints !== undefined && unable !== undefined))
    throw new HttpProblem(409, 'not-applicable', {
      detail:
        unable === undefined
          ? `No endpoint of this run can ${action} now.`
          : `${action} does not apply: ${unable.explanation}`.slice(0, 4000),
    });
  await sql`update run_target set request = ${action}, under_way = true
    where run_id = ${run.id} and endpoint_id = any(${able}::uuid[])`.execute(within);
  return able.length;
}

/** Locks the run's snapshot, so that its content is not collected before the run counts as under way. @throws HttpProblem 409 */
async function assertContent(within: Kysely<Tables>, run: RunRow): Promise<void> {
  if (run.snapshot_id === null) return;
  const { rows } = await sql<{ name: string; collected_at: Date | null }>`
    select name, collected_at from content_snapshot where id = ${run.snapshot_id} for share`.execute(within);
  const [snapshot] = rows;
  if (snapshot === undefined || snapshot.collected_at === null) return;
  throw new HttpProblem(409, 'snapshot-collected', {
    detail: `The content of the snapshot ${snapshot.name} was collected, so nothing can be planned from it any more.`,
    hint: 'Make a new run from a newer snapshot.',
  });
}
