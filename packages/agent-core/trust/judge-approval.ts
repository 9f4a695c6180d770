import {
  ApprovalStatement,
  isEnough,
  LIMITS,
  signaturesInWords,
  type ApprovedAction,
  type Order,
  type OrderBody,
  type RefusalCode,
  type SignatureCount,
  type SignatureDemand,
} from '@thimble/protocol';
import { Value } from 'typebox/value';
import { usedUp, type ApprovalUse } from './approval-uses.ts';

/** What an endpoint demands of an order besides a signature of the order key. */
export interface TrustGate {
  /** Why everything is stopped; null: it is not. */
  readonly halted: string | null;
  readonly approvers: ApproversDemand;
  /**
   * The earliest and the latest time that it may be, Unix, milliseconds, of all clocks that are known: whoever sets one of them
   * makes no approval valid longer, and none valid sooner.
   */
  readonly earliestMs: number;
  readonly latestMs: number;
}

export type ApproversDemand =
  | { readonly kind: 'nothing' }
  /** A set is pinned here, and the server has not shown it yet. */
  | { readonly kind: 'set-unknown' }
  | {
      readonly kind: 'signatures';
      readonly demand: SignatureDemand;
      /** The approval of that id, with who of the present set signed it; null: there is none. */
      find(approvalId: string): { readonly value: unknown; readonly signed: SignatureCount } | null;
    };

export type Permission =
  /** `use`: what the journal notes when it is begun. */
  | { readonly kind: 'permitted'; readonly use: ApprovalUse | null }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

/** Of an endpoint that was told of no approvers and of no stop. */
export const OPEN_GATE: TrustGate = { halted: null, approvers: { kind: 'nothing' }, earliestMs: 0, latestMs: 0 };

/** Whether this endpoint may do what a genuine order asks for. */
export function judgePermission(
  order: Order,
  gate: TrustGate,
  { endpointId, organisationId }: { readonly endpointId: string; readonly organisationId: string },
  uses: readonly ApprovalUse[],
): Permission {
  const { body, id: orderId } = order;
  if (gate.halted !== null && body.kind !== 'scan')
    return refused('halted', `everything is stopped here: ${gate.halted}`);
  const action = actionOf(body);
  if (action === null) return { kind: 'permitted', use: null };
  const begun = { orderId, action, transactionDigest: digestOf(body), end: 'begun', inverseDigest: null } as const;
  const { approvers } = gate;
  if (approvers.kind === 'nothing')
    return {
      kind: 'permitted',
      use: action === 'apply' ? { ...begun, approvalId: null, expiresAt: order.expiresAt } : null,
    };
  if (approvers.kind === 'set-unknown')
    return refused('approval-missing', 'a set of approvers is pinned here, and the server has not shown it yet');
  const { approvalId } = order;
  const { demand } = approvers;
  if (approvalId === undefined)
    return refused('approval-missing', `this endpoint demands ${demand.threshold} approvers' signatures for ${action}`);
  const found = approvers.find(approvalId);
  if (found === null) return refused('approval-missing', `approval ${approvalId} did not come with the order`);
  if (!isEnough(demand, found.signed))
    return refused(
      'approval-missing',
      `too few people signed approval ${approvalId}: ${signaturesInWords(demand, found.signed)}`,
    );
  if (!Value.Check(ApprovalStatement, found.value) || found.value.id !== approvalId)
    return refused('approval-invalid', 'what was signed is no approval, or another one');
  const statement = found.value;
  if (statement.organisationId !== organisationId)
    return refused('approval-invalid', 'the approval is of another organisation');
  const use = { ...begun, approvalId, expiresAt: statement.expiresAt };
  const flaw = timeFlaw(statement, gate) ?? scopeFlaw(statement, body, action, endpointId, uses) ?? usedUp(uses, use);
  return flaw === null ? { kind: 'permitted', use } : refused('approval-invalid', flaw);
}

function refused(code: RefusalCode, message: string): Permission {
  return { kind: 'refused', code, message };
}

/** null: it only looks, or fetches ahead. */
function actionOf({ kind }: OrderBody): ApprovedAction | null {
  return kind === 'scan' || kind === 'plan' || kind === 'pre-stage' ? null : kind;
}

function digestOf(body: OrderBody): string | null {
  return 'transactionDigest' in body ? body.transactionDigest : null;
}

function timeFlaw({ notBefore, expiresAt }: ApprovalStatement, { earliestMs, latestMs }: TrustGate): string | null {
  // The other way round, so that what is no time allows nothing.
  if (!(latestMs <= Date.parse(expiresAt))) return `the approval was valid until ${expiresAt}`;
  const toleratedMs = LIMITS.clockSkewSeconds * 1000;
  if (!(earliestMs + toleratedMs >= Date.parse(notBefore)))
    return `the approval is valid from ${notBefore} on; is this machine's clock right?`;
  return null;
}

function scopeFlaw(
  statement: ApprovalStatement,
  body: OrderBody,
  action: ApprovedAction,
  endpointId: string,
  uses: readonly ApprovalUse[],
): string | null {
  const { actions, transactions, endpointIds, snapshotId } = statement;
  if (!actions.includes(action)) return `the approval does not allow ${action}`;
  if ('restartServices' in body && body.restartServices && !actions.includes('restart-services'))
    return 'the approval does not allow that services are restarted';
  const mine = transactions.filter((each) => each.endpointIds.includes(endpointId));
  const isListed = (digest: string | null): boolean =>
    mine.some(({ transactionDigest }) => transactionDigest === digest);
  switch (body.kind) {
    case 'apply':
    case 'trial':
      if (!isListed(body.transactionDigest)) return 'the approval has another transaction for this endpoint, or none';
      return (body.content?.snapshotId ?? null) === snapshotId ? null : 'the approval is for another snapshot';
    case 'rollback': {
      const undone = uses.find(
        (use) => use.action === 'apply' && use.orderId === body.undoes && use.inverseDigest === body.transactionDigest,
      );
      const isWayBack = actions.includes('apply')
        ? undone?.approvalId === statement.id
        : isListed(body.transactionDigest) || (undone !== undefined && isListed(undone.transactionDigest));
      return isWayBack ? null : 'it is not exactly the way back from what was installed here under that approval';
    }
    default:
      return mine.length > 0 || endpointIds.includes(endpointId) ? null : 'the approval is for other endpoints';
  }
}
