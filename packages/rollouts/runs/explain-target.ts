import type { Wait } from '@thimble/protocol';
import type { OrderFacts, ResultFacts, RunFacts, TargetFacts, VerificationFacts } from './facts.ts';
import { isInTime } from './in-time.ts';
import { isPastNoReturn } from './no-return.ts';
import { isSilent } from './patience.ts';
import type { TargetProjection } from './project-target.ts';

/** A target's state in words; never empty. */
export function explainTarget(projection: TargetProjection, target: TargetFacts, run: RunFacts, nowMs: number): string {
  const { state, inFlight, decidedBy, withoutEffect, turnedAway } = projection;
  if (inFlight !== null && inFlight.kind !== 'pre-stage' && inFlight.kind !== 'trial')
    return explainInFlight(inFlight, target, run, nowMs);
  const ahead =
    (inFlight?.kind === 'trial' ? '' : trialInWords(projection.trial, target)) +
    (inFlight === null
      ? preStageInWords(projection.preStage, target)
      : `; ${AHEAD[inFlight.kind] ?? inFlight.kind}: ${explainInFlight(inFlight, target, run, nowMs)}`);
  const words = explainSettled(projection, target, run, nowMs) + ahead + explainRequest(target);
  if (turnedAway !== null && state !== 'cancelled')
    return `${words}; ${followUp(turnedAway)} was turned away (${endInWords(turnedAway, target)}) and is given again`;
  if (withoutEffect !== null) return `${words}; ${followUp(withoutEffect)} ${endInWords(withoutEffect, target)}`;
  if (state === 'failed' && decidedBy !== null && decidedBy.kind !== 'apply')
    return `${followUp(decidedBy)} ${endInWords(decidedBy, target)}`;
  return words;
}

/** What was asked for and can't be ordered yet. */
function explainRequest({ request, busyWith }: TargetFacts): string {
  if (request === null || request === 'cancel' || request === 'retry' || busyWith === null) return '';
  return `; ${request} waits until the endpoint has finished another order (${busyWith.kind}, ${busyWith.runName})`;
}

function explainInFlight(order: OrderFacts, target: TargetFacts, run: RunFacts, nowMs: number): string {
  const what = order.kind === 'plan' ? 'plan' : order.kind === 'rollback' ? 'roll back' : order.kind;
  if (isSilent(target.lastSeenAtMs, run.checkInIntervalMs, nowMs)) {
    const since = sinceInWords(target.lastSeenAtMs);
    return order.deliveredAtMs === null
      ? `the endpoint has not answered since ${since}; the order (${what}) waits for it until ${atInWords(order.expiresAtMs)}`
      : `unknown: the endpoint has the order (${what}) and has not answered since ${since}`;
  }
  if (order.deliveredAtMs === null) return `waits until the endpoint fetches the order (${what})`;
  const stopping = order.cancelRequestedAtMs === null ? '' : ' (asked to stop before its point of no return)';
  const recalled = order.blocked.length === 0 ? '' : `; recalled meanwhile: ${order.blocked.join(', ')}`;
  const tooLate = recalled !== '' && isPastNoReturn(order) ? ', too late to stop it' : '';
  const rest = `${stopping}${recalled}${tooLate}`;
  if (order.progress !== null) {
    const { stage, percent, message } = order.progress;
    const share = percent === null ? '' : ` ${percent} %`;
    return `${stage}${share}${message === '' ? '' : `: ${message}`}${rest}`;
  }
  return `${IN_FLIGHT[order.kind]}${rest}`;
}

const IN_FLIGHT: Readonly<Record<OrderFacts['kind'], string>> = {
  scan: 'the endpoint scans itself',
  plan: 'the endpoint computes its exact transaction',
  apply: 'the endpoint works on the order',
  rollback: 'the endpoint goes back to the versions before',
  'restart-services': 'the endpoint restarts services that use replaced code',
  reboot: 'the endpoint reboots; it verifies itself when it is up again',
  'pre-stage': 'the endpoint fetches the files of its transaction',
  trial: 'the endpoint tries its transaction on a clone of itself',
};

const AHEAD: Readonly<Partial<Record<OrderFacts['kind'], string>>> = {
  'pre-stage': 'fetching ahead',
  trial: 'trial',
};

function trialInWords(order: OrderFacts | null, target: TargetFacts): string {
  if (order === null) return '';
  const { result } = order;
  if (result?.kind !== 'tried') return `; the trial ${endInWords(order, target)}`;
  switch (result.verdict) {
    case 'passed':
      return '; its trial passed';
    case 'failed':
      return `; its trial failed: ${result.message}`;
    case 'impossible':
      return `; no trial was possible: ${result.message}`;
  }
}

/** Bytes as they are: what was fetched is compared with what the transaction says. */
function preStageInWords(order: OrderFacts | null, target: TargetFacts): string {
  if (order === null) return '';
  if (order.result?.kind === 'pre-staged') return `; pre-staged, ${order.result.fetchedBytes} bytes`;
  if (order.result?.kind === 'cancelled') return '; fetching ahead was stopped';
  return `; fetching ahead ${endInWords(order, target)}`;
}

function explainSettled(projection: TargetProjection, target: TargetFacts, run: RunFacts, nowMs: number): string {
  const { state, decidedBy, changeCount } = projection;
  switch (state) {
    case 'planning':
      return 'waits to be asked for its plan';
    case 'planned': {
      const changes = `${changeCount} ${changeCount === 1 ? 'change' : 'changes'}`;
      const recalled = projection.unusedPlan?.blocked ?? [];
      if (recalled.length > 0) return `blocked: ${recalled.join(', ')} in its plan; retry asks for a plan without`;
      const approved =
        target.approvedDigest === projection.transactionDigest && isInTime(target.startBeforeMs ?? null, nowMs);
      if (!approved && (run.rollout ?? null) !== null) return `planned: ${changes}; its rollout says when`;
      if (!approved) return `waits for approval: ${changes}`;
      if (target.busyWith !== null)
        return `approved (${changes}); waits until the endpoint has finished another order (${target.busyWith.kind}, ${target.busyWith.runName})`;
      return (target.approvers ?? run.halted ?? null) === null
        ? `approved (${changes}); its order is about to be signed`
        : `approved (${changes})`;
    }
    case 'nothing-to-do':
      return `nothing to do: ${leftOutInWords(decidedBy)}`;
    case 'effective':
      return 'effective: every change is installed and nothing runs replaced code';
    case 'rolled-back':
      return `rolled back to the versions before${waitsSuffix(decidedBy)}`;
    case 'waits-for-reboot':
    case 'waits-for-restart':
      return waitsInWords(waitsOf(decidedBy?.result ?? null), state);
    case 'cancelled':
      return cancelledInWords(decidedBy, target, run);
    case 'plan-failed':
    case 'refused':
    case 'failed':
      if (decidedBy === null) return `${state}: no order was answered`;
      if (state === 'plan-failed' && decidedBy.result?.kind === 'planned' && decidedBy.closed === null)
        return otherContentInWords(run);
      return endInWords(decidedBy, target);
    case 'ordered':
    case 'working':
    case 'rebooting':
    case 'rolling-back':
      return 'an order is under way';
  }
}

/** Whoever does not know snapshots plans from its own repositories, and says so by leaving the snapshot out. */
function otherContentInWords({ snapshotId }: RunFacts): string {
  return snapshotId === null
    ? 'the endpoint planned from a snapshot, and this run is for its own repositories; retry asks again'
    : 'the endpoint did not plan from the snapshot of this run: its agent is too old for snapshots; update the agent, then retry';
}

/** Held back is not up to date. */
function leftOutInWords(plan: OrderFacts | null): string {
  const leftOut = plan?.result?.kind === 'planned' ? plan.result.leftOut : undefined;
  if (leftOut === undefined) return 'no update of this selection is pending';
  const more = leftOut.count - leftOut.first.length;
  const updates = leftOut.count === 1 ? 'the only update' : `all ${leftOut.count} updates`;
  return `${updates} of this selection ${leftOut.count === 1 ? 'is' : 'are'} left out: ${leftOut.first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function cancelledInWords(decidedBy: OrderFacts | null, target: TargetFacts, run: RunFacts): string {
  if (target.removed) return 'cancelled: the endpoint was removed';
  if (decidedBy?.kind === 'apply') {
    const recalled = decidedBy.blocked.length === 0 ? '' : `; recalled: ${decidedBy.blocked.join(', ')}`;
    return decidedBy.result === null
      ? `cancelled before the endpoint fetched the order: nothing was changed${recalled}`
      : `cancelled before the point of no return: nothing was changed${recalled}`;
  }
  if (target.dropped === 'not-approved') return 'left out: its transaction was not among the approved ones';
  return run.cancelRequested ? 'the run was cancelled: nothing was changed' : 'cancelled: nothing was changed';
}

function followUp({ kind }: OrderFacts): string {
  return kind === 'rollback' ? 'the roll-back' : kind === 'reboot' ? 'the reboot' : `the order (${kind})`;
}

/** How an order ended: its outcome in words, or why there is none. */
function endInWords({ result, closed, kind, deliveredAtMs, expiresAtMs }: OrderFacts, target: TargetFacts): string {
  if (result === null || (kind === 'plan' && closed !== null)) {
    const since = sinceInWords(target.lastSeenAtMs);
    if (closed?.reason === 'endpoint-removed' || target.removed) return 'ended: the endpoint was removed';
    if (closed?.reason === 'cancelled') return 'was cancelled';
    if (deliveredAtMs === null)
      return `no answer: the order was not fetched before ${atInWords(closed?.atMs ?? expiresAtMs)}; the endpoint has not answered since ${since}`;
    if (kind === 'plan') return `no answer: the plan did not come in time; the endpoint was last heard of ${since}`;
    return `unknown: the endpoint fetched the order and never told its outcome; it was last heard of ${since}`;
  }
  switch (result.kind) {
    case 'refused':
      return `refused: ${result.message === '' ? result.code : result.message}`;
    case 'failed':
      return `failed while ${result.stage}: ${result.message === '' ? result.code : result.message}${waitsTail(result.verification)}`;
    case 'cancelled':
      return 'was cancelled before its point of no return';
    case 'applied':
    case 'rebooted':
      return `failed verification: ${damageInWords(result.verification)}`;
    case 'scanned':
    case 'pre-staged':
    case 'tried':
    case 'planned':
      return `failed: the endpoint answered with ${JSON.stringify(result.kind)}, which does not fit the order`;
  }
}

function damageInWords({
  wrongVersionCount,
  brokenPackages,
  newlyFailedUnits,
  gapCount,
  ...rest
}: VerificationFacts): string {
  const { failedChecks = [] } = rest as Partial<VerificationFacts>;
  const parts = [
    ...(wrongVersionCount > 0 ? [`${wrongVersionCount} packages do not have the approved version`] : []),
    ...(brokenPackages.length > 0 ? [`broken: ${brokenPackages.join(', ')}`] : []),
    ...(newlyFailedUnits.length > 0 ? [`units that failed since: ${newlyFailedUnits.join(', ')}`] : []),
    ...(failedChecks.length > 0 ? [`checks that failed: ${failedChecks.slice(0, 3).join('; ')}`] : []),
    ...(gapCount > 0 ? [`${gapCount} checks could not be made`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'the endpoint could not show that the patch is effective';
}

function waitsOf(result: ResultFacts | null): readonly Wait[] {
  return result?.kind === 'applied' || result?.kind === 'rebooted' ? result.verification.waits : [];
}

function waitsSuffix(order: OrderFacts | null): string {
  const waits = waitsOf(order?.result ?? null);
  return waits.length === 0 ? '' : `; ${waitsInWords(waits, 'waits-for-restart')}`;
}

function waitsTail(verification: VerificationFacts | null): string {
  if (verification === null) return '; its state after that could not be checked';
  const damage = [verification.wrongVersionCount, verification.brokenPackages.length].some((count) => count > 0);
  return damage ? `; ${damageInWords(verification)}` : '';
}

/** `waits for reboot: kernel 6.1.0-40 installed, 6.1.0-37 running`. Reboots come first. */
export function waitsInWords(waits: readonly Wait[], fallback: 'waits-for-reboot' | 'waits-for-restart'): string {
  const reboots = waits.filter((wait) => wait.kind === 'reboot');
  if (reboots.length > 0) return `waits for reboot: ${[...new Set(reboots.map(({ reason }) => reason))].join('; ')}`;
  const restarts = waits.filter((wait) => wait.kind === 'service-restart');
  const units = [...new Set(restarts.flatMap(({ unit }) => (unit === null ? [] : [unit])))];
  const loose = restarts.filter(({ unit }) => unit === null).map(({ reason }) => reason);
  if (units.length === 0 && loose.length === 0)
    return fallback === 'waits-for-reboot' ? 'waits for reboot' : 'waits for restarts';
  const parts = [...(units.length > 0 ? [`waits for restart of ${units.join(', ')}`] : []), ...loose];
  return parts.join('; ');
}

function atInWords(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function sinceInWords(lastSeenAtMs: number | null): string {
  return lastSeenAtMs === null ? 'it was enrolled' : atInWords(lastSeenAtMs);
}
