import type { OrderKind, TargetState } from '@thimble/protocol';
import type { OrderFacts, RunFacts, TargetFacts, VerificationFacts } from './facts.ts';
import { patienceWith } from './patience.ts';
import { isTurnedAway } from './turned-away.ts';

/** Where a target stands, derived from its orders alone: nothing is stored that could contradict them. */
export interface TargetProjection {
  readonly state: TargetState;
  /** The order under way; null: none. */
  readonly inFlight: OrderFacts | null;
  /** The order whose end led to this state; null: none has ended. */
  readonly decidedBy: OrderFacts | null;
  /** The newest order that ended without changing the state: a refused reboot or roll-back. */
  readonly withoutEffect: OrderFacts | null;
  /** The newest order, when the endpoint refused it only for now: it is given again, and until then all is as it was before. */
  readonly turnedAway: OrderFacts | null;
  /** Of the newest plan; null: none. */
  readonly transactionDigest: string | null;
  readonly changeCount: number;
  /** The newest plan, from which an approved apply order is made; null when it was used up. */
  readonly unusedPlan: OrderFacts | null;
  /** The newest order that installed something which can be undone; null: none. */
  readonly undoable: OrderFacts | null;
  /** How fetching the newest plan's files ahead ended; null: it was not done. */
  readonly preStage: OrderFacts | null;
  /** How the newest plan did on a clone; null: it was not tried. */
  readonly trial: OrderFacts | null;
}

const START: TargetProjection = {
  state: 'planning',
  inFlight: null,
  decidedBy: null,
  withoutEffect: null,
  turnedAway: null,
  transactionDigest: null,
  changeCount: 0,
  unusedPlan: null,
  undoable: null,
  preStage: null,
  trial: null,
};

export function projectTarget(target: TargetFacts, run: RunFacts, nowMs: number): TargetProjection {
  const projection = target.orders.reduce((before, order) => step(before, order, target, run, nowMs), START);
  const idle = projection.inFlight === null;
  const leaves = target.dropped !== null || run.cancelRequested || target.removed;
  // Whoever is taken out while nothing is under way ends here; what an order did is never painted over.
  if (idle && leaves && (projection.state === 'planned' || projection.state === 'planning'))
    return { ...projection, state: 'cancelled' };
  return projection;
}

function step(
  before: TargetProjection,
  order: OrderFacts,
  target: TargetFacts,
  run: RunFacts,
  nowMs: number,
): TargetProjection {
  const { kind } = order;
  const at = { ...before, inFlight: null, withoutEffect: null, turnedAway: null };
  const waits = order.result === null && order.closed === null && patienceWith(order, target, run, nowMs) === 'waits';
  if (isTurnedAway(order, target.orders)) {
    const again = { ...before, inFlight: null, turnedAway: order };
    return kind === 'plan' ? { ...again, ...forgetPlan, state: 'planning' } : again;
  }
  // Files that are fetched ahead change nothing on the endpoint, so they change nothing of where it stands.
  const here = { ...before, inFlight: null, turnedAway: null };
  if (kind === 'pre-stage') return waits ? { ...here, inFlight: order } : { ...here, preStage: order };
  if (kind === 'trial') return waits ? { ...here, inFlight: order } : { ...here, trial: order };
  if (waits)
    return { ...at, inFlight: order, state: stateInFlight(kind, order), ...(kind === 'plan' ? forgetPlan : {}) };
  const decided = { ...at, decidedBy: order };
  switch (kind) {
    case 'plan':
      return endOfPlan(decided, order, run);
    case 'apply':
      return endOfApply({ ...decided, unusedPlan: null, preStage: null, trial: null }, order);
    case 'reboot':
    case 'restart-services':
      return endOfFollowUp(before, decided, order);
    case 'rollback':
      return endOfRollback(before, decided, order);
    case 'scan':
      return before;
  }
}

const forgetPlan = { unusedPlan: null, transactionDigest: null, changeCount: 0, preStage: null, trial: null } as const;

function stateInFlight(kind: Exclude<OrderKind, 'pre-stage' | 'trial'>, { deliveredAtMs }: OrderFacts): TargetState {
  switch (kind) {
    case 'scan':
    case 'plan':
      return 'planning';
    case 'apply':
      return deliveredAtMs === null ? 'ordered' : 'working';
    case 'restart-services':
      return 'working';
    case 'reboot':
      return 'rebooting';
    case 'rollback':
      return 'rolling-back';
  }
}

function endOfPlan(at: TargetProjection, order: OrderFacts, run: RunFacts): TargetProjection {
  const clean = { ...at, ...forgetPlan };
  // A plan that was given up stays so when its answer comes late: by then people may have decided without it.
  if (order.closed !== null)
    return { ...clean, state: order.closed.reason === 'cancelled' ? 'cancelled' : 'plan-failed' };
  if (order.result?.kind === 'cancelled') return { ...clean, state: 'cancelled' };
  if (order.result?.kind !== 'planned') return { ...clean, state: 'plan-failed' };
  if (!isOfSnapshot(order, run)) return { ...clean, state: 'plan-failed' };
  const { transactionDigest, changeCount } = order.result;
  if (changeCount === 0) return { ...clean, state: 'nothing-to-do' };
  return { ...clean, state: 'planned', unusedPlan: order, transactionDigest, changeCount };
}

/** Whether a plan was made from the content that the run is for: what was tested is what is deployed, or nothing is. */
export function isOfSnapshot({ result }: OrderFacts, { snapshotId }: RunFacts): boolean {
  return result?.kind === 'planned' && (result.snapshotId ?? null) === snapshotId;
}

function endOfApply(at: TargetProjection, order: OrderFacts): TargetProjection {
  const { result, closed } = order;
  // An outcome counts even when the order had been given up: what happened, happened.
  if (result === null) return { ...at, state: closed?.reason === 'cancelled' ? 'cancelled' : 'failed' };
  switch (result.kind) {
    case 'applied':
      return { ...at, state: stateByVerification(result.verification), undoable: order };
    case 'refused':
      return { ...at, state: 'refused' };
    case 'cancelled':
      return { ...at, state: 'cancelled' };
    case 'failed':
      return { ...at, state: 'failed', undoable: result.keptCount > 0 ? order : at.undoable };
    case 'scanned':
    case 'pre-staged':
    case 'tried':
    case 'planned':
    case 'rebooted':
      return { ...at, state: 'failed' };
  }
}

function endOfFollowUp(before: TargetProjection, at: TargetProjection, order: OrderFacts): TargetProjection {
  const { result } = order;
  if (result?.kind === 'applied' || result?.kind === 'rebooted')
    return { ...at, state: stateByVerification(result.verification) };
  if (hadNoEffect(order)) return { ...before, inFlight: null, turnedAway: null, withoutEffect: order };
  return { ...at, state: 'failed' };
}

function endOfRollback(before: TargetProjection, at: TargetProjection, order: OrderFacts): TargetProjection {
  const { result } = order;
  if (result?.kind === 'applied') {
    const state = isDamaged(result.verification) ? 'failed' : 'rolled-back';
    return { ...at, state, undoable: null };
  }
  if (hadNoEffect(order)) return { ...before, inFlight: null, turnedAway: null, withoutEffect: order };
  return { ...at, state: 'failed' };
}

/** Refused, stopped in time, or never fetched: nothing on the endpoint changed. */
function hadNoEffect({ result, deliveredAtMs }: OrderFacts): boolean {
  return result === null ? deliveredAtMs === null : result.kind === 'refused' || result.kind === 'cancelled';
}

/** Damage comes before waiting: a reboot does not cure a wrong version. Without a reason to wait, unknown is failure. */
function stateByVerification(verification: VerificationFacts): TargetState {
  if (isDamaged(verification)) return 'failed';
  if (verification.effective) return 'effective';
  if (verification.waits.some(({ kind }) => kind === 'reboot')) return 'waits-for-reboot';
  if (verification.waits.length > 0) return 'waits-for-restart';
  return 'failed';
}

function isDamaged({ wrongVersionCount, brokenPackages, newlyFailedUnits, ...rest }: VerificationFacts): boolean {
  // Outcomes that an older server recorded have no checks.
  const { failedChecks = [] } = rest as Partial<VerificationFacts>;
  return wrongVersionCount > 0 || brokenPackages.length > 0 || newlyFailedUnits.length > 0 || failedChecks.length > 0;
}
