import type { OrderKind, Outcome, Transaction } from '@thimble/protocol';
import type { TargetAction } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { refreshEndpoint, scheduleFindings } from '../assess/index.ts';
import type { ServerContext } from '../context.ts';
import type { NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { contentOfRun } from './content-of-run.ts';
import { issueOrder } from './issue-order.ts';
import type { RunRow } from './load-targets.ts';
import { undoOf } from './undo-of.ts';

/** Does one of the planner's actions in the transaction in which the planner's input was read and locked. */
export async function act(
  within: Kysely<Tables>,
  context: ServerContext,
  run: RunRow,
  action: TargetAction,
): Promise<readonly NewEvidence[]> {
  const { endpointId } = action;
  const actor = run.approved_by ?? run.created_by;
  const issue = async (body: Parameters<typeof issueOrder>[2]['body']): Promise<readonly NewEvidence[]> => {
    const order = { organisationId: run.organisation_id, endpointId, runId: run.id, body, actor };
    const record = await issueOrder(within, context, order);
    if (body.kind === 'apply') await scheduleFindings(within, endpointId);
    if (body.kind !== 'plan' && body.kind !== 'pre-stage') await refreshEndpoint(within, context, endpointId);
    return record === null ? [] : [record];
  };
  switch (action.kind) {
    case 'issue-plan-order':
      await sql`update run_target set dropped = null
        where run_id = ${run.id} and endpoint_id = ${endpointId} and dropped is not null`.execute(within);
      return issue({ kind: 'plan', selection: run.selection, ...(await contentOfRun(within, run)) });
    case 'issue-apply-order': {
      const transaction = await plannedTransaction(within, action.planOrderId);
      const { transactionDigest } = action;
      const { restart_services: restartServices } = run;
      const content = await contentOfRun(within, run);
      return issue({ kind: 'apply', transaction, transactionDigest, restartServices, ...content });
    }
    case 'issue-pre-stage-order': {
      const { content } = await contentOfRun(within, run);
      if (content === undefined) throw new Error(`run ${run.id} is not of a snapshot, so nothing is fetched ahead`);
      const transaction = await plannedTransaction(within, action.planOrderId);
      const { transactionDigest } = action;
      const { contentPreStageKb: rateKb } = context.settings;
      const bytesPerSecond = rateKb === undefined ? null : rateKb * 1000;
      return issue({ kind: 'pre-stage', transaction, transactionDigest, content, bytesPerSecond });
    }
    case 'issue-reboot-order':
      return issue({ kind: 'reboot', reason: `run ${run.name}: what it installed is not effective before` });
    case 'issue-restart-order':
      return issue({ kind: 'restart-services' });
    case 'issue-rollback-order':
      return issue(await undoOf(within, action.undoes, run.restart_services));
    case 'stop-order':
      return stopOrder(within, context, run, action.endpointId, action.orderId);
    case 'close-order': {
      const { rows } = await sql<{
        kind: OrderKind;
      }>`update endpoint_order set closed_at = ${context.clock()}, closed_reason = ${action.reason}
        where id = ${action.orderId} and outcome_at is null and closed_at is null returning kind`.execute(within);
      await afterEnd(within, context, endpointId, rows[0]?.kind);
      return [cancelled(context, run, endpointId, action.orderId, `given up: ${action.reason}`)];
    }
    case 'drop-target':
      await sql`update run_target set dropped = ${action.reason}
        where run_id = ${run.id} and endpoint_id = ${endpointId} and dropped is null`.execute(within);
      return [];
    case 'clear-request':
      await sql`update run_target set request = null
        where run_id = ${run.id} and endpoint_id = ${endpointId}`.execute(within);
      return [];
  }
}

/** The row's lock decides between the operator who stops and the endpoint that fetches: one of them comes first. */
async function stopOrder(
  within: Kysely<Tables>,
  context: ServerContext,
  run: RunRow,
  endpointId: string,
  orderId: string,
): Promise<readonly NewEvidence[]> {
  const now = context.clock();
  const withdrawn = await sql<{ kind: OrderKind }>`
    update endpoint_order set cancel_requested_at = ${now}, closed_at = ${now}, closed_reason = 'cancelled'
    where id = ${orderId} and delivered_at is null and outcome_at is null and closed_at is null returning kind`.execute(
    within,
  );
  if (withdrawn.rows.length > 0) {
    await afterEnd(within, context, endpointId, withdrawn.rows[0]?.kind);
    return [cancelled(context, run, endpointId, orderId, 'withdrawn before the endpoint fetched it')];
  }
  const asked = await sql`
    update endpoint_order set cancel_requested_at = ${now}
    where id = ${orderId} and outcome_at is null and closed_at is null and cancel_requested_at is null
    returning id`.execute(within);
  if (asked.rows.length === 0) return [];
  await context.events.publish({ organisationId: run.organisation_id, topic: 'orders', key: endpointId }, within);
  return [cancelled(context, run, endpointId, orderId, 'the endpoint is asked to stop before its point of no return')];
}

/** What is shown of an endpoint changes with the orders that change it; a run over thousands is mostly plans, which do not. */
async function afterEnd(
  within: Kysely<Tables>,
  context: ServerContext,
  endpointId: string,
  kind: OrderKind | undefined,
): Promise<void> {
  if (kind === undefined || kind === 'plan' || kind === 'scan' || kind === 'pre-stage') return;
  await scheduleFindings(within, endpointId);
  await refreshEndpoint(within, context, endpointId);
}

function cancelled(
  context: ServerContext,
  run: RunRow,
  endpointId: string,
  orderId: string,
  summary: string,
): NewEvidence {
  return {
    organisationId: run.organisation_id,
    at: context.clock(),
    kind: 'order-cancelled',
    actor: run.approved_by ?? run.created_by,
    runId: run.id,
    endpointId,
    summary: `order ${summary}`,
    detail: { orderId },
  };
}

export async function plannedTransaction(within: Kysely<Tables>, planOrderId: string): Promise<Transaction> {
  const { rows } = await sql<{ outcome: Outcome }>`
    select outcome from endpoint_order where id = ${planOrderId}`.execute(within);
  const result = rows[0]?.outcome.result;
  if (result?.kind !== 'planned') throw new Error(`order ${planOrderId} has no planned transaction`);
  return result.transaction;
}
