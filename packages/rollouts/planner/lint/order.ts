import type { MemberFacts, RolloutFacts } from '../facts.ts';
import type { RolloutAction } from '../plan.ts';
import { inNumbers, wasChanged, type Case, type Finding } from './case.ts';

/** A probe's answer of longer ago says nothing. */
const PROBE_AGE_MS = 10 * 60_000;
const PLAN_TRIES = 5;

const BEGINS: ReadonlySet<RolloutAction['kind']> = new Set([
  'ask',
  'try',
  'pre-stage',
  'apply',
  'restart-services',
  'reboot',
  'retry',
  'open-ring',
  'pass-gate',
]);

/** Nothing begins while the rollout is halted or cancelled, before it is approved, or in the plan that halts it. */
export function stopped({ plan, rollout }: Case): readonly Finding[] {
  const { approvals } = rollout.policy;
  const { from } = approvals;
  const approvers = new Set(rollout.approvedBy.filter((name) => from === null || from.includes(name)));
  const why = rollout.cancelled
    ? 'the rollout was cancelled'
    : rollout.halt !== null
      ? 'the rollout is halted'
      : plan.actions.some(({ kind }) => kind === 'halt')
        ? 'this plan halts the rollout'
        : approvers.size < approvals.required
          ? `${approvers.size} of ${approvals.required} have approved`
          : null;
  if (why === null) return [];
  return plan.actions
    .filter(({ kind }) => BEGINS.has(kind))
    .map((action) => ({
      rule: 'stopped',
      endpointId: 'endpointId' in action ? action.endpointId : null,
      message: `${action.kind}: ${why}`,
    }));
}

/** A ring opens when the one before has passed, and nobody of it is touched before. */
export function ringOrder({ plan, rollout, actions }: Case): readonly Finding[] {
  const kinds = (kind: 'open-ring' | 'pass-gate'): ReadonlySet<number> =>
    new Set(plan.actions.flatMap((action) => (action.kind === kind ? [action.ring] : [])));
  const opening = kinds('open-ring');
  const passing = kinds('pass-gate');
  const findings: Finding[] = [];
  for (const ring of opening) {
    const before = rollout.rings.slice(0, ring);
    if (
      !before.every(
        ({ passedAtMs, rollBack }, index) => rollBack === null && (passedAtMs !== null || passing.has(index)),
      )
    )
      findings.push({
        rule: 'ring-order',
        endpointId: null,
        message: `ring ${ring} opens before those before it passed`,
      });
  }
  // What goes back was changed before, whatever became of its ring.
  for (const { action, member } of actions.filter(({ action: { kind } }) => BEGINS.has(kind))) {
    const facts = rollout.rings[member.ring];
    const { endpointId, kind } = action;
    if (facts === undefined || (facts.openedAtMs === null && !opening.has(member.ring)))
      findings.push({ rule: 'ring-order', endpointId, message: `${kind}: its ring is not open` });
    else if (facts.rollBack !== null)
      findings.push({ rule: 'ring-order', endpointId, message: `${kind}: its ring goes back` });
  }
  return findings;
}

/** What passes a gate has really passed it by the facts: unknown is not passed. */
export function gates({ plan, rollout, nowMs }: Case): readonly Finding[] {
  return plan.actions.flatMap((action): readonly Finding[] => {
    if (action.kind !== 'pass-gate') return [];
    const why = notPassed(action.ring, rollout, nowMs);
    return why === null ? [] : [{ rule: 'gates', endpointId: null, message: `ring ${action.ring} passes, but ${why}` }];
  });
}

function notPassed(index: number, { policy, rings, members }: RolloutFacts, nowMs: number): string | null {
  const ring = policy.rings[index];
  const facts = rings[index];
  if (ring === undefined || facts === undefined || facts.openedAtMs === null) return 'it is not open';
  if (facts.rollBack !== null) return 'it goes back';
  if (facts.skippedBy !== null) return null;
  const filled = new Set(members.map((member) => member.ring));
  // Whoever is not there proves nothing, and has nothing to prove that those before did not.
  if (!filled.has(index) && [...filled].some((other) => other < index)) return null;
  const own = members.filter((member) => member.ring === index && member.progress.kind !== 'left-out');
  const there = own.filter((member) => member.online || wasChanged(member));
  const ends = there.map((member) => endOf(member, policy));
  const failed = own.filter((member) => endOf(member, policy) === 'failed').length;
  if (ends.includes('open')) return 'somebody of it is not through';
  if (failed > inNumbers(ring.gate.failuresAtMost, there.length)) return `${failed} have failed`;
  const well = ends.filter((end) => end === 'well').length;
  if (well + failed > 0 && (100 * well) / (well + failed) < ring.gate.successAtLeastPercent)
    return `${well} of ${well + failed} succeeded`;
  const changedMs = own.flatMap((member) =>
    wasChanged(member) && 'sinceMs' in member.progress ? [member.progress.sinceMs] : [],
  );
  const watchedFromMs = changedMs.reduce((last, atMs) => Math.max(last, atMs), facts.openedAtMs);
  if (nowMs - watchedFromMs < ring.soakMs) return 'it was not watched for long enough';
  for (const { name, atMost, atLeast } of ring.gate.probes) {
    const answer = facts.probes.find((probe) => probe.name === name);
    const value = answer === undefined || nowMs - answer.atMs > PROBE_AGE_MS ? null : answer.value;
    if (value === null || !Number.isFinite(value)) return `probe ${name} is unknown`;
    if ((atMost !== null && value > atMost) || (atLeast !== null && value < atLeast))
      return `probe ${name} is ${value}`;
  }
  if (![...filled].some((other) => other > index)) return null;
  const patched = own.filter(({ progress: { kind } }) => kind === 'effective' || kind.startsWith('waits-for-')).length;
  if (patched < ring.gate.patchedAtLeast) return `${patched} were patched`;
  const { from } = policy.approvals;
  const approvers = new Set(facts.approvedBy.filter((name) => from === null || from.includes(name)));
  return approvers.size < ring.gate.approvals ? `${approvers.size} have approved` : null;
}

/** How it ended with an endpoint; `open`: it has not; `nothing`: it had nothing to do, which proves nothing. */
function endOf(
  { progress, ring, rebootedAtMs }: MemberFacts,
  policy: RolloutFacts['policy'],
): 'well' | 'failed' | 'open' | 'nothing' {
  const { reboot, restartServices } = policy.deploy;
  switch (progress.kind) {
    case 'nothing-to-do':
      return 'nothing';
    case 'effective':
      return reboot.when === 'always' && rebootedAtMs === null ? 'open' : 'well';
    case 'waits-for-reboot':
      return reboot.when === 'never' ? 'well' : 'open';
    case 'waits-for-restart':
      return restartServices || (reboot.when === 'always' && rebootedAtMs === null) ? 'open' : 'well';
    case 'failed':
      return progress.before === 'plan' && !progress.unknown && progress.attempts < PLAN_TRIES ? 'open' : 'failed';
    case 'rolled-back':
      return 'failed';
    case 'planned': {
      const rule = policy.rings[ring]?.trial;
      const stops = progress.trial === 'impossible' && rule?.mode !== 'none' && rule?.whenImpossible === 'stop';
      return progress.trial === 'failed' || stops ? 'failed' : 'open';
    }
    case 'not-asked':
    case 'planning':
    case 'working':
    case 'waits-for-consent':
    case 'left-out':
      return 'open';
  }
}
