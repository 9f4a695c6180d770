import type { RefusalCode } from '@thimble/protocol';
import type { MemberProgress } from '../planner/facts.ts';
import type { OrderFacts, RunFacts, TargetFacts } from './facts.ts';
import { advanceTarget } from './advance-target.ts';
import { standingInWords } from './approver-gate.ts';
import { isInTime } from './in-time.ts';
import { projectTarget, type TargetProjection } from './project-target.ts';
import { isTurnedAway } from './turned-away.ts';

/** Reboots and roll-backs that changed nothing (refused, stopped): after so many nobody tries again by itself. */
const WITHOUT_EFFECT_AT_MOST = 3;

/**
 * Where an endpoint stands in its rollout, from its orders and from what was asked for and is not an order yet: whoever
 * was asked is not asked again. Its times are those at which the server recorded an end.
 */
export function memberProgress(target: TargetFacts | null, run: RunFacts, nowMs: number): MemberProgress {
  if (target === null) return { kind: 'not-asked' };
  const projection = projectTarget(target, run, nowMs);
  const progress = requested(target, projection, nowMs) ?? standing(target, projection, nowMs);
  if (progress.kind !== 'working' || projection.inFlight !== null) return progress;
  const held = standingInWords(advanceTarget(target, run, nowMs).report.approvers);
  return held === '' ? progress : { ...progress, held };
}

/** What was asked for counts as begun. */
function requested(target: TargetFacts, projection: TargetProjection, nowMs: number): MemberProgress | null {
  if (target.removed) return null;
  switch (target.request) {
    case 'roll-back':
      return { kind: 'working', sinceMs: nowMs, order: 'rollback' };
    case 'reboot':
    case 'restart-services':
      return { kind: 'working', sinceMs: nowMs, order: target.request };
    case 'retry':
      return { kind: 'planning', sinceMs: nowMs };
    case 'pre-stage':
    case 'trial': {
      const here = standing(target, projection, nowMs);
      return here.kind === 'planned'
        ? { ...here, [target.request === 'trial' ? 'trial' : 'preStage']: 'under-way' }
        : here;
    }
    case 'cancel':
    case null:
      return null;
  }
}

function standing(target: TargetFacts, projection: TargetProjection, nowMs: number): MemberProgress {
  const { state, inFlight, decidedBy } = projection;
  const sinceMs = decidedBy === null ? nowMs : endedAtMs(decidedBy, nowMs);
  switch (state) {
    case 'planning':
      return { kind: 'planning', sinceMs: inFlight?.issuedAtMs ?? nowMs };
    case 'planned':
      return planned(target, projection, nowMs);
    case 'nothing-to-do':
      return { kind: 'nothing-to-do', sinceMs };
    case 'ordered':
    case 'working':
      return {
        kind: 'working',
        sinceMs: inFlight?.issuedAtMs ?? nowMs,
        order: inFlight?.kind === 'restart-services' ? 'restart-services' : 'apply',
      };
    case 'rebooting':
      return inFlight?.progress?.stage === 'waiting-for-consent'
        ? { kind: 'waits-for-consent', sinceMs: inFlight.issuedAtMs }
        : { kind: 'working', sinceMs: inFlight?.issuedAtMs ?? nowMs, order: 'reboot' };
    case 'rolling-back':
      return { kind: 'working', sinceMs: inFlight?.issuedAtMs ?? nowMs, order: 'rollback' };
    case 'effective':
      return { kind: 'effective', sinceMs };
    case 'waits-for-reboot':
    case 'waits-for-restart':
      // A machine that refuses its reboot again and again does not wait any more: it has failed.
      return withoutEffect(target) < WITHOUT_EFFECT_AT_MOST
        ? { kind: state, sinceMs }
        : failed(target, projection, sinceMs, { before: null, unknown: false });
    case 'rolled-back':
      return { kind: 'rolled-back', sinceMs };
    case 'plan-failed':
      return failed(target, projection, sinceMs, { before: 'plan', unknown: false });
    case 'refused':
      return failed(target, projection, sinceMs, {
        before: decidedBy !== null && isLate(decidedBy) ? 'plan' : 'apply',
        unknown: false,
      });
    case 'failed':
      return failedOrLost(target, projection, sinceMs);
    case 'cancelled':
      if (target.removed) return { kind: 'left-out', why: 'the endpoint was removed' };
      if (target.dropped !== null) return { kind: 'left-out', why: 'it was taken out of the rollout' };
      // Withdrawn or stopped before anything was changed: it can be planned anew.
      return failed(target, projection, sinceMs, { before: 'plan', unknown: false });
  }
}

function planned(target: TargetFacts, projection: TargetProjection, nowMs: number): MemberProgress {
  const { inFlight, unusedPlan, transactionDigest, preStage, trial } = projection;
  const blocked = unusedPlan?.blocked ?? [];
  const approved =
    transactionDigest !== null &&
    transactionDigest === target.approvedDigest &&
    isInTime(target.startBeforeMs ?? null, nowMs);
  // Approved: its signed order is about to go out, at the latest when another one has ended there.
  if (approved && blocked.length === 0 && target.dropped === null)
    return { kind: 'working', sinceMs: nowMs, order: 'apply' };
  const result = trial?.result ?? null;
  return {
    kind: 'planned',
    transactionDigest: transactionDigest ?? '',
    trial: inFlight?.kind === 'trial' ? 'under-way' : trial === null ? 'none' : verdictOf(trial),
    preStage:
      inFlight?.kind === 'pre-stage'
        ? 'under-way'
        : preStage === null
          ? 'none'
          : preStage.result?.kind === 'pre-staged'
            ? 'done'
            : 'failed',
    blocked,
    message: result?.kind === 'tried' || result?.kind === 'refused' || result?.kind === 'failed' ? result.message : '',
  };
}

/** A trial without a verdict has not passed: whether to go on without one, the policy says. */
function verdictOf({ result }: OrderFacts): 'passed' | 'failed' | 'impossible' {
  return result?.kind === 'tried' ? result.verdict : 'impossible';
}

function failedOrLost(target: TargetFacts, projection: TargetProjection, sinceMs: number): MemberProgress {
  const { decidedBy } = projection;
  if (decidedBy === null) return failed(target, projection, sinceMs, { before: null, unknown: true });
  if (decidedBy.result !== null) return failed(target, projection, sinceMs, { before: null, unknown: false });
  // Never fetched: nothing was changed. Fetched and never answered: nobody knows.
  return decidedBy.deliveredAtMs === null
    ? failed(target, projection, sinceMs, { before: 'plan', unknown: false })
    : failed(target, projection, sinceMs, { before: null, unknown: true });
}

function failed(
  target: TargetFacts,
  projection: TargetProjection,
  sinceMs: number,
  how: { readonly before: 'plan' | 'apply' | null; readonly unknown: boolean },
): MemberProgress {
  return {
    kind: 'failed',
    sinceMs,
    message: messageOf(projection.withoutEffect ?? projection.decidedBy),
    ...how,
    attempts: attempts(target),
    undoable: projection.undoable !== null && failedRollBacks(target) < WITHOUT_EFFECT_AT_MOST,
  };
}

/** Tries that the endpoint answered without success, or that it fetched and left without an answer. */
function attempts({ orders }: TargetFacts): number {
  return orders.filter((order) => {
    const { kind, result, closed, deliveredAtMs } = order;
    return (
      (kind === 'plan' || kind === 'apply') &&
      !isTurnedAway(order, orders) &&
      (result === null ? closed !== null && deliveredAtMs !== null : isRefusal(result.kind))
    );
  }).length;
}

function isRefusal(kind: string): boolean {
  return kind === 'refused' || kind === 'failed';
}

/** Newest first, until one did something. */
function withoutEffect({ orders }: TargetFacts): number {
  const after = orders.findLastIndex(({ kind, result }) => kind === 'apply' || result?.kind === 'rebooted');
  // One that came too late, or gave way to a newer order while people were asked, was not refused for good.
  const refused = orders.slice(after + 1).filter(({ result }) => result !== null && isRefusal(result.kind));
  return refused.filter((order) => !isLate(order) && !isTurnedAway(order, orders)).length;
}

function failedRollBacks({ orders }: TargetFacts): number {
  const after = orders.findLastIndex(({ kind }) => kind === 'apply');
  return orders
    .slice(after + 1)
    .filter((order) => order.kind === 'rollback' && !isTurnedAway(order, orders))
    .filter(({ result, deliveredAtMs }) => result !== null || deliveredAtMs !== null).length;
}

/** It came too late to begin: its window is over, which says nothing about the patch. */
const LATE: ReadonlySet<RefusalCode> = new Set(['expired', 'stale-generation']);

function isLate({ result }: OrderFacts): boolean {
  return result?.kind === 'refused' && LATE.has(result.code);
}

/** Where the end's time is not known, it is now: nothing has soaked since then. */
function endedAtMs({ resultAtMs, closed }: OrderFacts, nowMs: number): number {
  return resultAtMs ?? closed?.atMs ?? nowMs;
}

function messageOf(order: OrderFacts | null): string {
  if (order === null) return 'no order was answered';
  const { result, closed, kind, deliveredAtMs } = order;
  if (result === null)
    return deliveredAtMs === null
      ? `the order (${kind}) was not fetched: ${closed?.reason ?? 'expired'}`
      : `unknown: the order (${kind}) was fetched, and its outcome never came`;
  switch (result.kind) {
    case 'refused':
    case 'failed':
      return result.message === '' ? `${result.kind}: ${result.code}` : result.message;
    case 'applied':
    case 'rebooted': {
      const { failedChecks, newlyFailedUnits, brokenPackages, wrongVersionCount } = result.verification;
      const [first] = [
        ...brokenPackages.map((name) => `broken: ${name}`),
        ...newlyFailedUnits.map((unit) => `failed since: ${unit}`),
        ...(failedChecks ?? []),
        ...(wrongVersionCount > 0 ? [`${wrongVersionCount} packages do not have the approved version`] : []),
      ];
      return first ?? 'the endpoint could not show that the patch is effective';
    }
    case 'cancelled':
      return 'it was stopped before anything was changed';
    case 'scanned':
    case 'planned':
    case 'tried':
    case 'pre-staged':
      return `the order (${kind}) was answered with ${result.kind}`;
  }
}
