import type { TargetState } from '@thimble/protocol';
import { type ApproverStanding, gateByApprovers, standingInWords } from './approver-gate.ts';
import { availableActions } from './available-actions.ts';
import { explainTarget } from './explain-target.ts';
import type { ClosedReason, OrderFacts, RunFacts, TargetFacts, TargetRequest } from './facts.ts';
import { isInTime } from './in-time.ts';
import { isPastNoReturn } from './no-return.ts';
import { patienceWith } from './patience.ts';
import { projectTarget, type TargetProjection } from './project-target.ts';
import { isHeardOf } from './turned-away.ts';

/**
 * What the server does next for one endpoint of a run. Each is done once: after it, planning again asks for nothing. Where approvers
 * have to sign, `approvalId` names what they signed; `withoutRestarts`: that does not allow that services are restarted.
 */
export type TargetAction =
  | { readonly kind: 'issue-plan-order'; readonly endpointId: string }
  | {
      readonly kind: 'issue-apply-order';
      readonly endpointId: string;
      /** The order whose outcome holds the transaction. */
      readonly planOrderId: string;
      readonly transactionDigest: string;
      readonly approvalId?: string;
      readonly withoutRestarts?: true;
    }
  | {
      /** Fetch what the transaction needs, ahead of its approval or its window. */
      readonly kind: 'issue-pre-stage-order';
      readonly endpointId: string;
      readonly planOrderId: string;
      readonly transactionDigest: string;
    }
  | {
      /** Do the transaction on a throw-away clone of the endpoint. */
      readonly kind: 'issue-trial-order';
      readonly endpointId: string;
      readonly planOrderId: string;
      readonly transactionDigest: string;
      readonly approvalId?: string;
    }
  | { readonly kind: 'issue-reboot-order'; readonly endpointId: string; readonly approvalId?: string }
  | { readonly kind: 'issue-restart-order'; readonly endpointId: string; readonly approvalId?: string }
  | {
      readonly kind: 'issue-rollback-order';
      readonly endpointId: string;
      readonly undoes: string;
      readonly approvalId?: string;
      readonly withoutRestarts?: true;
    }
  /** Withdraw it when the endpoint has not fetched it, else ask the endpoint to stop. */
  | { readonly kind: 'stop-order'; readonly endpointId: string; readonly orderId: string }
  | {
      readonly kind: 'close-order';
      readonly endpointId: string;
      readonly orderId: string;
      readonly reason: Exclude<ClosedReason, 'cancelled'>;
    }
  | { readonly kind: 'drop-target'; readonly endpointId: string; readonly reason: 'cancelled' }
  | { readonly kind: 'clear-request'; readonly endpointId: string };

export interface TargetReport {
  readonly endpointId: string;
  readonly state: TargetState;
  readonly explanation: string;
  readonly transactionDigest: string | null;
  readonly actions: readonly TargetRequest[];
  readonly underWay: boolean;
  readonly needsApproval: boolean;
  /** What holds it beside the run itself: signatures that are missing, or an emergency stop. */
  readonly approvers: ApproverStanding;
}

export function advanceTarget(
  target: TargetFacts,
  run: RunFacts,
  nowMs: number,
): { readonly actions: readonly TargetAction[]; readonly report: TargetReport } {
  const projection = projectTarget(target, run, nowMs);
  const { state, inFlight, transactionDigest, turnedAway } = projection;
  const recalled = (projection.unusedPlan?.blocked ?? []).length > 0;
  const approved =
    !recalled &&
    transactionDigest !== null &&
    transactionDigest === target.approvedDigest &&
    isInTime(target.startBeforeMs ?? null, nowMs);
  const leaves = target.dropped !== null || run.cancelRequested || target.removed;
  const gated = gateByApprovers(nextSteps(projection, target, run, nowMs, approved), target, run, nowMs);
  const quarantined = target.quarantined ?? null;
  const held = quarantined === null ? standingInWords(gated.standing) : `in quarantine: ${quarantined}`;
  const explanation = explainTarget(projection, target, run, nowMs);
  return {
    actions: [...giveUps(target, run, nowMs), ...gated.actions],
    report: {
      endpointId: target.endpointId,
      state,
      explanation: held === '' ? explanation : `${held}; ${explanation}`,
      transactionDigest,
      actions: availableActions(projection, target, run),
      underWay:
        inFlight !== null ||
        state === 'planning' ||
        (state === 'planned' && approved) ||
        target.request !== null ||
        (turnedAway !== null && !leaves && (run.rollout ?? null) === null),
      needsApproval: state === 'planned' && !approved && !leaves && (run.rollout ?? null) === null,
      approvers: gated.standing,
    },
  };
}

function giveUps(target: TargetFacts, run: RunFacts, nowMs: number): readonly TargetAction[] {
  return target.orders.flatMap((order): readonly TargetAction[] => {
    if (order.result !== null || order.closed !== null) return [];
    const { endpointId } = target;
    if (target.removed) return [{ kind: 'close-order', endpointId, orderId: order.id, reason: 'endpoint-removed' }];
    const patience = patienceWith(order, target, run, nowMs);
    // A lost order is closed too, so that the operator can go on; its outcome still counts if it ever comes.
    if (patience === 'give-up-silent' || patience === 'lost')
      return [{ kind: 'close-order', endpointId, orderId: order.id, reason: 'silent' }];
    if (patience === 'give-up-expired')
      return [{ kind: 'close-order', endpointId, orderId: order.id, reason: 'expired' }];
    return [];
  });
}

function nextSteps(
  projection: TargetProjection,
  target: TargetFacts,
  run: RunFacts,
  nowMs: number,
  approved: boolean,
): readonly TargetAction[] {
  const { endpointId, request } = target;
  const { inFlight, state, unusedPlan, turnedAway } = projection;
  if (!target.removed && (target.quarantined ?? null) !== null) return recallOf(target, inFlight);
  const clear: readonly TargetAction[] = request === null ? [] : [{ kind: 'clear-request', endpointId }];
  if (target.removed) return clear;
  const stops = run.cancelRequested || request === 'cancel';
  if (stops) {
    // Whoever is stopped by a rollout stays in it: a halt can be lifted.
    const stays = run.rollout === 'under-way' && !run.cancelRequested;
    const drop: readonly TargetAction[] =
      target.dropped === null && !stays && (state === 'planning' || state === 'planned')
        ? [{ kind: 'drop-target', endpointId, reason: 'cancelled' }]
        : [];
    const stop: readonly TargetAction[] =
      inFlight !== null && inFlight.cancelRequestedAtMs === null
        ? [{ kind: 'stop-order', endpointId, orderId: inFlight.id }]
        : [];
    // Undoing and finishing what was installed stays possible in a cancelled run.
    if (request === null || request === 'cancel' || request === 'retry') return [...stop, ...drop, ...clear];
  }
  const mayAgain = turnedAway === null || isHeardOf(turnedAway, run, nowMs);
  const applies =
    mayAgain &&
    state === 'planned' &&
    approved &&
    target.dropped === null &&
    unusedPlan !== null &&
    target.busyWith === null;
  if (inFlight !== null) {
    // What is approved does not wait until all of it was fetched ahead or tried: its own order fetches the rest.
    const stop = isRecalled(inFlight) || (isAhead(inFlight) && applies);
    return stop && inFlight.cancelRequestedAtMs === null
      ? [{ kind: 'stop-order', endpointId, orderId: inFlight.id }, ...clear]
      : clear;
  }
  if (request !== null) return [...answerRequest(projection, target, run, nowMs, request)];
  if (target.dropped !== null) return [];
  if (target.orders.length === 0) return [{ kind: 'issue-plan-order', endpointId }];
  if (turnedAway !== null && !applies) return mayAgain ? giveAgain(turnedAway, projection, target, run, nowMs) : [];
  if (applies)
    return [
      {
        kind: 'issue-apply-order',
        endpointId,
        planOrderId: unusedPlan.id,
        transactionDigest: target.approvedDigest ?? '',
      },
    ];
  return [];
}

/** What was turned away is ordered again as it was asked for; whatever a rollout wants besides a plan, its planner asks for again. */
function giveAgain(
  { kind }: OrderFacts,
  projection: TargetProjection,
  target: TargetFacts,
  run: RunFacts,
  nowMs: number,
): readonly TargetAction[] {
  if (kind === 'plan') return [{ kind: 'issue-plan-order', endpointId: target.endpointId }];
  const request = REQUESTED_AS[kind];
  if (request === undefined || (run.rollout ?? null) !== null) return [];
  return answerRequest(projection, target, run, nowMs, request).filter((action) => action.kind !== 'clear-request');
}

const REQUESTED_AS: Readonly<Partial<Record<OrderFacts['kind'], TargetRequest>>> = {
  reboot: 'reboot',
  'restart-services': 'restart-services',
  rollback: 'roll-back',
  'pre-stage': 'pre-stage',
  trial: 'trial',
};

/** In quarantine nothing begins, and what was fetched and has changed nothing yet is called back. What was asked for waits. */
function recallOf({ endpointId }: TargetFacts, inFlight: OrderFacts | null): readonly TargetAction[] {
  if (inFlight === null || inFlight.cancelRequestedAtMs !== null || isPastNoReturn(inFlight)) return [];
  return [{ kind: 'stop-order', endpointId, orderId: inFlight.id }];
}

/** Its transaction has a version that was recalled, and it can still be stopped as far as is known. */
function isRecalled(order: OrderFacts): boolean {
  return order.blocked.length > 0 && (order.kind === 'apply' || isAhead(order)) && !isPastNoReturn(order);
}

function isAhead({ kind }: OrderFacts): boolean {
  return kind === 'pre-stage' || kind === 'trial';
}

function answerRequest(
  projection: TargetProjection,
  target: TargetFacts,
  run: RunFacts,
  nowMs: number,
  request: TargetRequest,
): readonly TargetAction[] {
  const { endpointId } = target;
  const clear: TargetAction = { kind: 'clear-request', endpointId };
  const possible = availableActions(projection, { ...target, request: null }, run);
  if (!possible.includes(request)) return [clear];
  // Its window ended while somebody else worked there: it is asked for again in the next one.
  const isTimed = request === 'reboot' || request === 'restart-services';
  if (isTimed && !isInTime(target.startBeforeMs ?? null, nowMs)) return [clear];
  const changesNothing = request === 'retry' || request === 'pre-stage' || request === 'trial';
  if (!changesNothing && target.busyWith !== null) return [];
  switch (request) {
    case 'cancel':
      return [clear];
    case 'retry':
      return [{ kind: 'issue-plan-order', endpointId }, clear];
    case 'reboot':
      return [{ kind: 'issue-reboot-order', endpointId }, clear];
    case 'restart-services':
      return [{ kind: 'issue-restart-order', endpointId }, clear];
    case 'pre-stage':
    case 'trial': {
      const { unusedPlan, transactionDigest } = projection;
      return unusedPlan === null || transactionDigest === null
        ? [clear]
        : [{ kind: `issue-${request}-order`, endpointId, planOrderId: unusedPlan.id, transactionDigest }, clear];
    }
    case 'roll-back':
      return projection.undoable === null
        ? [clear]
        : [{ kind: 'issue-rollback-order', endpointId, undoes: projection.undoable.id }, clear];
  }
}
