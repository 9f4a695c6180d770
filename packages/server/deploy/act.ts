import type { OrderBody, OrderKind, Outcome, Transaction } from '@thimble/protocol';
import type { TargetAction } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { refreshEndpoint, scheduleFindings } from '../assess/index.ts';
import type { ServerContext } from '../context.ts';
import type { NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { contentOfRun } from './content-of-run.ts';
import { issueOrder } from './issue-order.ts';
import type { RunRow } from './load-targets.ts';
import { rulesOfTarget } from './rules-of-target.ts';
import { afterEnd, cancelled, isAhead, stopOrder } from './stop-order.ts';
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
  const approvalId = ('approvalId' in action ? action.approvalId : undefined) ?? null;
  const issue = async (body: OrderBody, startBefore: Date | null = null): Promise<readonly NewEvidence[]> => {
    const { organisation_id: organisationId, id: runId } = run;
    const order = { organisationId, endpointId, runId, approvalId, body, startBefore, actor };
    const record = await issueOrder(within, context, order);
    if (body.kind === 'apply') await scheduleFindings(within, endpointId);
    if (body.kind !== 'plan' && !isAhead(body.kind)) await refreshEndpoint(within, context, endpointId);
    return record === null ? [] : [record];
  };
  const endOf = (orderId: string) => ({
    organisationId: run.organisation_id,
    runId: run.id,
    endpointId,
    orderId,
    actor,
  });
  switch (action.kind) {
    case 'issue-plan-order': {
      await sql`update run_target set dropped = null
        where run_id = ${run.id} and endpoint_id = ${endpointId} and dropped is not null`.execute(within);
      const { selection } = await rulesOfTarget(within, run, endpointId);
      return issue({ kind: 'plan', selection, ...(await contentOfRun(within, run)) });
    }
    case 'issue-apply-order': {
      const transaction = await plannedTransaction(within, action.planOrderId);
      const { transactionDigest } = action;
      const content = await contentOfRun(within, run);
      const { deploy, startBefore } = await rulesOfTarget(within, run, endpointId);
      if (run.rollout_id !== null) await useUpApproval(within, run.id, endpointId);
      return issue(
        {
          kind: 'apply',
          transaction,
          transactionDigest,
          restartServices: restartsServices(run, action),
          ...content,
          ...(deploy ? { deploy } : {}),
        },
        startBefore,
      );
    }
    case 'issue-trial-order': {
      const transaction = await plannedTransaction(within, action.planOrderId);
      const { trial: rules } = await rulesOfTarget(within, run, endpointId);
      const { transactionDigest } = action;
      return issue({ kind: 'trial', transaction, transactionDigest, rules, ...(await contentOfRun(within, run)) });
    }
    case 'issue-pre-stage-order': {
      const { content, ...blocks } = await contentOfRun(within, run);
      if (content === undefined) throw new Error(`run ${run.id} is not of a snapshot, so nothing is fetched ahead`);
      const transaction = await plannedTransaction(within, action.planOrderId);
      const { transactionDigest } = action;
      const { contentPreStageKb: rateKb } = context.settings;
      const bytesPerSecond = rateKb === undefined ? null : rateKb * 1000;
      return issue({ kind: 'pre-stage', transaction, transactionDigest, content, ...blocks, bytesPerSecond });
    }
    case 'issue-reboot-order': {
      const { consent, deploy, startBefore } = await rulesOfTarget(within, run, endpointId);
      const body: OrderBody = {
        kind: 'reboot',
        reason: `run ${run.name}: what it installed is not effective before`,
        ...(consent ? { consent } : {}),
        ...(deploy ? { checks: deploy.checks } : {}),
      };
      // Where people are asked they say when, whatever the window.
      return issue(body, consent ? null : startBefore);
    }
    case 'issue-restart-order': {
      const { startBefore } = await rulesOfTarget(within, run, endpointId);
      return issue({ kind: 'restart-services' }, startBefore);
    }
    case 'issue-rollback-order':
      return issue(await undoOf(within, action.undoes, restartsServices(run, action)));
    case 'stop-order':
      return stopOrder(within, context, endOf(action.orderId));
    case 'close-order': {
      const { rows } = await sql<{
        kind: OrderKind;
      }>`update endpoint_order set closed_at = ${context.clock()}, closed_reason = ${action.reason}
        where id = ${action.orderId} and outcome_at is null and closed_at is null returning kind`.execute(within);
      await afterEnd(within, context, endpointId, rows[0]?.kind);
      return [cancelled(context, endOf(action.orderId), `given up: ${action.reason}`)];
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

function restartsServices(run: RunRow, { withoutRestarts }: { readonly withoutRestarts?: true }): boolean {
  return run.restart_services && withoutRestarts !== true;
}

/** A rollout approves for one installation: a plan that is made anew is approved anew, in a window of its own. */
async function useUpApproval(within: Kysely<Tables>, runId: string, endpointId: string): Promise<void> {
  await sql`update run_target set approved_digest = null, start_before = null
    where run_id = ${runId} and endpoint_id = ${endpointId}`.execute(within);
}

export async function plannedTransaction(within: Kysely<Tables>, planOrderId: string): Promise<Transaction> {
  const { rows } = await sql<{ outcome: Outcome }>`
    select outcome from endpoint_order where id = ${planOrderId}`.execute(within);
  const result = rows[0]?.outcome.result;
  if (result?.kind !== 'planned') throw new Error(`order ${planOrderId} has no planned transaction`);
  return result.transaction;
}
