import {
  type ApprovedAction,
  isEnough,
  type SignatureCount,
  type SignatureDemand,
  signaturesInWords,
} from '@thimble/protocol';
import type { TargetAction } from './advance-target.ts';
import type { ApprovalFacts, ApproverFacts, RunFacts, TargetFacts } from './facts.ts';
import { projectTarget } from './project-target.ts';

/** What approvers have to allow before an order may be signed. */
interface Need {
  readonly action: ApprovedAction;
  /** null: the action has no transaction, so it is the endpoint that is allowed. */
  readonly transactionDigest: string | null;
  /** Of a way back: the approval by which was done what it undoes. */
  readonly undoesApprovalId?: string | null;
}

/** Where a target stands with the approvers of its organisation. */
export type ApproverStanding =
  | { readonly kind: 'free' }
  | { readonly kind: 'halted'; readonly reason: string }
  /** Nobody was asked yet: the server makes a request for this transaction (null: for the endpoint itself). */
  | { readonly kind: 'to-be-asked'; readonly action: ApprovedAction; readonly transactionDigest: string | null }
  | {
      readonly kind: 'waits';
      readonly approvalId: string;
      readonly signed: SignatureCount;
      readonly demand: SignatureDemand;
    }
  /** Too few signed in time: a person has to say that it is still wanted. */
  | { readonly kind: 'expired'; readonly approvalId: string };

export interface GatedActions {
  readonly actions: readonly TargetAction[];
  readonly standing: ApproverStanding;
}

/**
 * Lets through what needs no signatures, and what has them: that is told which approval allows it. What is held keeps its request, so
 * that it is done when the signatures are there. While an emergency stop holds, no order is signed at all.
 */
export function gateByApprovers(
  actions: readonly TargetAction[],
  target: TargetFacts,
  run: RunFacts,
  nowMs: number,
): GatedActions {
  const halted = run.halted ?? null;
  const { approvers = null } = target;
  if (halted !== null) {
    const held = actions.some(isOrder);
    return {
      actions: held ? actions.filter((action) => !isOrder(action) && action.kind !== 'clear-request') : actions,
      standing: held ? { kind: 'halted', reason: halted } : { kind: 'free' },
    };
  }
  if (approvers === null) return { actions, standing: { kind: 'free' } };
  const needs = actions.map((action) => needOf(action, target));
  const wanted = needs.find((need) => need !== null) ?? null;
  if (wanted === null) return { actions, standing: expected(target, run, approvers, nowMs) };
  const given = givenFor(wanted, approvers, nowMs);
  if (given !== undefined)
    return {
      actions: actions.map((action, index) => (needs[index] === null ? action : allowedBy(given, action))),
      standing: { kind: 'free' },
    };
  return {
    actions: actions.filter((action, index) => needs[index] === null && action.kind !== 'clear-request'),
    standing: standingOf(wanted, approvers, nowMs),
  };
}

/** An installation under an approval without restarts is done without them, and what still runs old code waits for its own. */
function allowedBy({ id: approvalId, actions }: ApprovalFacts, action: TargetAction): TargetAction {
  const allowed = { ...action, approvalId };
  const mayRestart = action.kind === 'issue-apply-order' || action.kind === 'issue-rollback-order';
  const withoutRestarts = { ...allowed, withoutRestarts: true as const };
  return mayRestart && !actions.includes('restart-services') ? withoutRestarts : allowed;
}

/** A rollout acts in its windows: signatures are asked for as soon as there is a plan, so that they are there by then. */
function expected(target: TargetFacts, run: RunFacts, approvers: ApproverFacts, nowMs: number): ApproverStanding {
  if ((run.rollout ?? null) !== 'under-way' || target.dropped !== null || target.removed || run.cancelRequested)
    return { kind: 'free' };
  const { state, unusedPlan, transactionDigest, inFlight } = projectTarget(target, run, nowMs);
  if (state !== 'planned' || inFlight !== null || unusedPlan === null || unusedPlan.blocked.length > 0)
    return { kind: 'free' };
  const need: Need = { action: 'apply', transactionDigest };
  return givenFor(need, approvers, nowMs) === undefined ? standingOf(need, approvers, nowMs) : { kind: 'free' };
}

function givenFor(need: Need, approvers: ApproverFacts, nowMs: number): ApprovalFacts | undefined {
  return approvers.approvals.find(
    (approval) => covers(approval, need) && approval.expiresAtMs > nowMs && isEnough(approvers.demand, approval.signed),
  );
}

/** The newest request about it counts. One that was signed and is used up or over is asked for again, as new orders are. */
function standingOf(need: Need, approvers: ApproverFacts, nowMs: number): ApproverStanding {
  const asked = approvers.approvals.find((approval) => covers(approval, need));
  const { demand } = approvers;
  if (asked === undefined || isEnough(demand, asked.signed))
    return { kind: 'to-be-asked', action: need.action, transactionDigest: need.transactionDigest };
  const { id: approvalId, signed } = asked;
  return asked.expiresAtMs > nowMs ? { kind: 'waits', approvalId, signed, demand } : { kind: 'expired', approvalId };
}

/** An approval of an installation allows its way back too, but of what was installed by itself alone. */
function covers({ id, actions, transactionDigests }: ApprovalFacts, need: Need): boolean {
  const { action, transactionDigest, undoesApprovalId } = need;
  if (action === 'rollback' && actions.includes('apply') && id !== undoesApprovalId) return false;
  return actions.includes(action) && (transactionDigest === null || transactionDigests.includes(transactionDigest));
}

function isOrder({ kind }: TargetAction): boolean {
  return kind.startsWith('issue-');
}

function needOf(action: TargetAction, { orders }: TargetFacts): Need | null {
  switch (action.kind) {
    case 'issue-apply-order':
      return { action: 'apply', transactionDigest: action.transactionDigest };
    case 'issue-trial-order':
      return { action: 'trial', transactionDigest: action.transactionDigest };
    case 'issue-rollback-order': {
      const undone = orders.find(({ id }) => id === action.undoes);
      return {
        action: 'rollback',
        // An order without a digest is of nobody's transaction: no approval names it.
        transactionDigest: undone?.transactionDigest ?? '',
        undoesApprovalId: undone?.approvalId ?? null,
      };
    }
    case 'issue-reboot-order':
      return { action: 'reboot', transactionDigest: null };
    case 'issue-restart-order':
      return { action: 'restart-services', transactionDigest: null };
    case 'issue-plan-order':
    case 'issue-pre-stage-order':
    case 'stop-order':
    case 'close-order':
    case 'drop-target':
    case 'clear-request':
      return null;
  }
}

/** What a held target waits for, to be read after its state; empty: nothing holds it. */
export function standingInWords(standing: ApproverStanding): string {
  switch (standing.kind) {
    case 'free':
      return '';
    case 'halted':
      return `emergency stop: ${standing.reason}`;
    case 'to-be-asked':
      return 'approvers are about to be asked for their signatures';
    case 'waits':
      return `waits for approvers’ signatures (${signaturesInWords(standing.demand, standing.signed)})`;
    case 'expired':
      return 'the request to approvers expired with too few signatures; renew it';
  }
}
