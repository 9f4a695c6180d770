import type { ApprovedAction } from '@thimble/protocol';

/**
 * What was begun under an approval, so that the same signatures are not used again and again; and which installations
 * there were, so that exactly they can be undone.
 */
export interface ApprovalUse {
  readonly orderId: string;
  /** null: nothing had to be approved then. */
  readonly approvalId: string | null;
  readonly action: ApprovedAction;
  /** null: the action has no transaction. */
  readonly transactionDigest: string | null;
  /** Of the approval, ISO 8601: from then on its signatures are worth nothing anyway. */
  readonly expiresAt: string;
  readonly end: 'begun' | 'done' | 'failed';
  /** The digest of the transaction that undoes it; null: there is none, or it is not known yet. */
  readonly inverseDigest: string | null;
}

/** How an order ended, as far as its approval is concerned; `nothing`: it changed nothing and may be tried again. */
export type UseEnd =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'done' | 'failed'; readonly inverseDigest: string | null };

/** How often an approval lets something happen here: installing is done once, and what fails may be tried again. */
const MOST: Readonly<Record<ApprovedAction, { readonly done: number; readonly begun: number }>> = {
  trial: { done: 3, begun: 6 },
  apply: { done: 1, begun: 4 },
  rollback: { done: 1, begun: 4 },
  // One after the installation, one after its way back.
  reboot: { done: 2, begun: 4 },
  'restart-services': { done: 4, begun: 8 },
};
/** Far more than one endpoint has at a time; the journal is written as a whole. */
const MAX_USES = 400;
/** Installations that can still be undone by name after their approval expired. */
const KEPT_INSTALLATIONS = 32;

/** Why this approval allows it no more; null: it does. */
export function usedUp(
  uses: readonly ApprovalUse[],
  wanted: Omit<ApprovalUse, 'end' | 'inverseDigest'>,
): string | null {
  const same = uses.filter(
    ({ approvalId, action, transactionDigest }) =>
      approvalId === wanted.approvalId && action === wanted.action && transactionDigest === wanted.transactionDigest,
  );
  const most = MOST[wanted.action];
  const done = same.filter(({ end }) => end === 'done').length;
  if (done >= most.done) return `what approval ${wanted.approvalId} allows was done by order ${same.at(-1)?.orderId}`;
  if (same.length >= most.begun) return `approval ${wanted.approvalId} was tried ${same.length} times here`;
  return uses.length < MAX_USES ? null : `${uses.length} approvals are in use here, more than are kept track of`;
}

/** @param nowMs the earliest time that it may be: a clock that is set forward must not make uses forgotten. */
export function beginUse(uses: readonly ApprovalUse[], use: ApprovalUse, nowMs: number): readonly ApprovalUse[] {
  const installations = uses.filter(({ action }) => action === 'apply').slice(-KEPT_INSTALLATIONS);
  const holds = ({ approvalId, expiresAt }: ApprovalUse): boolean =>
    approvalId !== null && !(Date.parse(expiresAt) < nowMs);
  const kept = uses.filter((each) => holds(each) || installations.includes(each));
  return [...kept, use];
}

/** Only what is under way ends: an order that comes again under an old id must not make what was done undone. */
export function endUse(uses: readonly ApprovalUse[], orderId: string, end: UseEnd): readonly ApprovalUse[] {
  const isIt = (use: ApprovalUse): boolean => use.orderId === orderId && use.end === 'begun';
  if (end.kind === 'nothing') return uses.filter((use) => !isIt(use));
  const { kind, inverseDigest } = end;
  return uses.map((use) => (isIt(use) ? { ...use, end: kind, inverseDigest } : use));
}
