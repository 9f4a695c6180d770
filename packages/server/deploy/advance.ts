import type { RunState, TargetState } from '@thimble/protocol';
import { advanceTarget, projectRun, type TargetReport } from '@thimble/rollouts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { lockBlocksOfRun } from '../acquire/index.ts';
import { askApprovers, type UndoTransaction } from '../approvals/index.ts';
import type { ServerContext } from '../context.ts';
import { appendEvidence, type NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { act } from './act.ts';
import { loadTargets, readRun, type RunRow, runFacts } from './load-targets.ts';
import { installedBy, undoOf } from './undo-of.ts';

/** Orders may follow one another at once (a plan that was approved before becomes an apply), but never for long. */
const PASSES_LIMIT = 4;

/**
 * Moves targets on as far as they go now, in the caller's transaction, which has locked the run or its only target
 * concerned: reads the facts, asks the planner, does what it says, and writes the new states down.
 *
 * @returns the number of targets looked at, and the last of them.
 */
export async function advanceTargets(
  within: Kysely<Tables>,
  context: ServerContext,
  run: RunRow,
  which: RawBuilder<unknown>,
  limit: number,
  more: readonly NewEvidence[] = [],
): Promise<{ readonly count: number; readonly last: string | undefined }> {
  const facts = runFacts(run, context.settings.checkInIntervalS);
  const nowMs = context.clock().getTime();
  const evidence = [...more];
  let targets = await loadTargets(within, run.id, which, true, limit);
  const { length: count } = targets;
  const last = targets.at(-1)?.endpointId;
  const reports = new Map<string, TargetReport>();
  for (let pass = 0; pass < PASSES_LIMIT && targets.length > 0; pass += 1) {
    const moved: string[] = [];
    for (const target of targets) {
      const { actions, report } = advanceTarget(target, facts, nowMs);
      reports.set(target.endpointId, report);
      for (const action of actions) evidence.push(...(await act(within, context, run, action)));
      if (actions.length > 0) moved.push(target.endpointId);
    }
    targets =
      moved.length === 0 ? [] : await loadTargets(within, run.id, sql`t.endpoint_id = any(${moved}::uuid[])`, false);
  }
  await writeReports(within, run.id, [...reports.values()], new Date(nowMs));
  await appendEvidence(within, evidence);
  return { count, last };
}

async function writeReports(
  within: Kysely<Tables>,
  runId: string,
  reports: readonly TargetReport[],
  now: Date,
): Promise<void> {
  if (reports.length === 0) return;
  const rows = reports.map(({ approvers, ...report }) => ({
    ...report,
    unaskedAction: approvers.kind === 'to-be-asked' ? approvers.action : null,
    unaskedDigest: approvers.kind === 'to-be-asked' ? approvers.transactionDigest : null,
  }));
  await sql`
    update run_target t set state = r.state, explanation = r.explanation, transaction_digest = r."transactionDigest",
      under_way = r."underWay", needs_approval = r."needsApproval",
      unasked_action = r."unaskedAction", unasked_digest = r."unaskedDigest",
      unasked_since = case when r."unaskedAction" is not null then coalesce(t.unasked_since, ${now}) end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("endpointId" uuid, state text, explanation text,
      "transactionDigest" text, "underWay" boolean, "needsApproval" boolean, "unaskedAction" text, "unaskedDigest" text)
    where t.run_id = ${runId} and t.endpoint_id = r."endpointId"
      and (t.state, t.explanation, t.transaction_digest, t.under_way, t.needs_approval, t.unasked_action, t.unasked_digest)
        is distinct from (r.state, r.explanation, r."transactionDigest", r."underWay", r."needsApproval",
          r."unaskedAction", r."unaskedDigest")`.execute(within);
}

/** Writes down what the targets make of their run. The run is locked by the caller's transaction. */
export async function concludeRun(within: Kysely<Tables>, context: ServerContext, run: RunRow): Promise<void> {
  const { rows } = await sql<{ state: TargetState; count: number; need_approval: number; under_way: number }>`
    select state, count(*) as count, count(*) filter (where needs_approval) as need_approval,
      count(*) filter (where under_way and not needs_approval) as under_way
    from run_target where run_id = ${run.id} group by state`.execute(within);
  const counts: Partial<Record<TargetState, number>> = {};
  for (const row of rows) counts[row.state] = row.count;
  const { state, explanation } = projectRun(runFacts(run, context.settings.checkInIntervalS), {
    counts,
    needApproval: rows.reduce((sum, row) => sum + row.need_approval, 0),
    underWay: rows.reduce((sum, row) => sum + row.under_way, 0),
  });
  if (state === run.state && explanation === run.explanation) return;
  const ended = state === 'finished' || state === 'cancelled';
  await sql`
    update run set state = ${state satisfies RunState}, explanation = ${explanation},
      finished_at = ${ended ? (run.finished_at ?? context.clock()) : null} where id = ${run.id}`.execute(within);
  await publishRun(context, run, within);
}

/** Tells the reconcilers of all replicas and the consoles that a run changed. */
export async function publishRun(
  context: Pick<ServerContext, 'events'>,
  run: { readonly id: string; readonly organisation_id: string },
  within: Kysely<Tables>,
): Promise<void> {
  const live = { kind: 'run-changed', runId: run.id } as const;
  await context.events.publish({ organisationId: run.organisation_id, topic: 'run', key: run.id, live }, within);
}

/** A few milliseconds of work each, so that nobody waits long for the run's lock. */
const CHUNK_TARGETS = 200;

/**
 * Moves a whole run on. Each chunk is a transaction of its own that leaves a whole state, so it can be killed anywhere.
 *
 * @returns whether there is more to look at than `chunkLimit` chunks.
 */
export async function reconcileRun(
  context: ServerContext,
  runId: string,
  lock: 'update' | 'skip-locked',
  chunkLimit = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (let chunk = 0; ; chunk += 1) {
    if (chunk >= chunkLimit) return true;
    const done = await context.database.kysely.transaction().execute(async (within) => {
      await lockBlocksOfRun(within, runId);
      const run = await readRun(within, runId, lock);
      if (run === undefined) return true;
      const which = sql`t.under_way and t.endpoint_id > ${after}::uuid`;
      const { count, last } = await advanceTargets(within, context, run, which, CHUNK_TARGETS);
      after = last ?? after;
      if (count < CHUNK_TARGETS) await concludeRun(within, context, run);
      return count < CHUNK_TARGETS;
    });
    if (!done) continue;
    await askForSignatures(context, runId, lock);
    return false;
  }
}

/** In a transaction of its own, after the targets: whoever records evidence takes no other lock afterwards. */
async function askForSignatures(context: ServerContext, runId: string, lock: 'update' | 'skip-locked'): Promise<void> {
  const { kysely } = context.database;
  const lacking = await sql`select 1 from run_target
    where run_id = ${runId} and unasked_since is not null limit 1`.execute(kysely);
  if (lacking.rows.length === 0) return;
  await kysely.transaction().execute(async (within) => {
    const run = await readRun(within, runId, lock);
    if (run === undefined) return;
    const undo: UndoTransaction = async (endpointId, undoneDigest) =>
      undoOf(within, await installedBy(within, runId, endpointId, undoneDigest), run.restart_services);
    await askApprovers(within, context, run, undo);
    await publishRun(context, run, within);
  });
}
