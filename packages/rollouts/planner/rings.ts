import type { PlanInput } from './facts.ts';
import { approvalsOf, gateWait } from './gate.ts';
import type { RingReport, RolloutAction } from './plan.ts';
import type { PlannerRules } from './rules.ts';
import { isPatched, isTouched } from './standing.ts';
import { TRAIT, type Roster } from './roster.ts';
import type { RingTally } from './tally.ts';
import type { GateWait } from './wait.ts';
import { gateInWords } from './words.ts';

export interface RingStanding {
  readonly state: RingReport['state'];
  /** Why it has not passed its gate; null: it has, or passes it now. */
  readonly why: GateWait | null;
  /** Whether its endpoints may be worked on: it is open, or opens now. */
  readonly open: boolean;
  readonly passed: boolean;
}

export interface RolloutStanding {
  readonly rings: readonly RingStanding[];
  /** What the rollout as a whole does now. */
  readonly actions: readonly RolloutAction[];
  /** Nothing new begins: who stopped it, and why. It may be this plan that does. */
  readonly halt: { readonly by: string; readonly why: string } | null;
  readonly approvalsMissing: number;
}

/** Which rings are open, which pass now, and whether all has to stop. */
export function judgeRings(
  input: PlanInput,
  tallies: readonly RingTally[],
  roster: Roster,
  rules: PlannerRules,
): RolloutStanding {
  const { rollout, nowMs } = input;
  const { policy } = rollout;
  const approvalsMissing = Math.max(
    0,
    policy.approvals.required - approvalsOf(rollout.approvedBy, policy.approvals.from),
  );
  const whys = policy.rings.map((ring, index): GateWait | null => {
    const facts = rollout.rings[index];
    const tally = tallies[index];
    if (facts === undefined || tally === undefined || facts.openedAtMs === null) return { kind: 'not-begun' };
    if (facts.passedAtMs !== null) return null;
    const isEmpty = tally.members === 0;
    if (isEmpty && hasMembers(tallies.slice(0, index))) return null;
    const last = !hasMembers(tallies.slice(index + 1));
    return gateWait({ ring, facts, tally, last, approvers: policy.approvals.from, nowMs, rules });
  });
  const stop = rules.mayBegin(rollout) ? newHalt(input, whys, roster) : null;
  const halt =
    rollout.halt === null
      ? stop === null
        ? null
        : { by: 'its gate', why: stop.why }
      : { by: rollout.halt.by, why: rollout.halt.why };
  const begins = approvalsMissing === 0 && stop === null && rules.mayBegin(rollout);
  const actions: RolloutAction[] = [...(stop?.actions ?? [])];
  let before = true;
  const rings = policy.rings.map((_, index): RingStanding => {
    const facts = rollout.rings[index];
    const why = whys[index] ?? null;
    const goesBack = (facts?.rollBack ?? null) !== null;
    const wasOpen = (facts?.openedAtMs ?? null) !== null;
    const opens = !wasOpen && before && begins && !goesBack;
    const passes = wasOpen && facts?.passedAtMs === null && why === null && begins && !goesBack;
    if (opens) actions.push({ kind: 'open-ring', ring: index });
    if (passes) actions.push({ kind: 'pass-gate', ring: index });
    const passed = (facts?.passedAtMs ?? null) !== null || passes;
    before &&= passed && !goesBack;
    const state = goesBack
      ? stateOfRollBack(input, index)
      : passed
        ? 'passed'
        : wasOpen || opens
          ? openState(halt !== null, why)
          : 'waiting';
    return {
      state,
      why: opens ? { kind: 'patching', done: 0, of: tallies[index]?.counted ?? 0 } : why,
      open: wasOpen || opens,
      passed,
    };
  });
  const finish = finishOf(input, rings, tallies);
  return { rings, actions: finish === null ? actions : [...actions, finish], halt, approvalsMissing };
}

/** A ring without members holds nobody up, but for those before the first that has any: nobody has proven anything before it. */
function hasMembers(tallies: readonly RingTally[]): boolean {
  return tallies.some(({ members }) => members > 0);
}

function openState(halted: boolean, why: GateWait | null): RingReport['state'] {
  if (halted) return 'halted';
  switch (why?.kind) {
    case 'patching':
      return 'open';
    case 'soak':
      return 'soaking';
    default:
      return 'gate';
  }
}

/** The first ring that has failed stops everything; by rule it goes back, and what it installed is recalled. */
function newHalt(
  { rollout: { policy, rings, members } }: PlanInput,
  whys: readonly (GateWait | null)[],
  { standings, traits }: Roster,
): { readonly why: string; readonly actions: readonly RolloutAction[] } | null {
  const ring = whys.findIndex((why) => why?.kind === 'failures' || why?.kind === 'success-rate');
  const gate = whys[ring];
  if (gate === undefined || gate === null) return null;
  const why = `ring ${policy.rings[ring]?.name ?? ring}: ${gateInWords(gate)}`;
  const installed = members.filter(
    (member, index) =>
      member.ring === ring && standings[index] === 'failed' && ((traits[index] ?? 0) & TRAIT.touched) !== 0,
  );
  return {
    why,
    actions: [
      { kind: 'halt', ring, why },
      ...(policy.onFailure.rollBack === 'ring' && rings[ring]?.rollBack === null
        ? [{ kind: 'roll-back-ring', ring, why } as const]
        : []),
      ...(policy.onFailure.block && installed.length > 0
        ? [{ kind: 'block', ring, endpointIds: installed.map(({ endpointId }) => endpointId) } as const]
        : []),
    ],
  };
}

function stateOfRollBack({ rollout: { members } }: PlanInput, ring: number): RingReport['state'] {
  const still = members.some((member) => member.ring === ring && goesBack(member.progress));
  return still ? 'rolling-back' : 'rolled-back';
}

/** Whether an endpoint of a ring that goes back has not gone yet, as far as it can. */
function goesBack(progress: PlanInput['rollout']['members'][number]['progress']): boolean {
  return (
    progress.kind === 'working' ||
    progress.kind === 'waits-for-consent' ||
    isPatched(progress) ||
    (progress.kind === 'failed' && isTouched(progress) && progress.undoable)
  );
}

function finishOf(
  { rollout }: PlanInput,
  rings: readonly RingStanding[],
  tallies: readonly RingTally[],
): RolloutAction | null {
  const nobody = (...what: readonly ('busy' | 'waiting')[]): boolean =>
    tallies.every(({ counts }) => what.every((each) => counts[each] === 0));
  if (!nobody('busy')) return null;
  const opened = rollout.rings.filter(({ openedAtMs }) => openedAtMs !== null);
  const allGoBack = opened.length > 0 && opened.every(({ rollBack }) => rollBack !== null);
  if (allGoBack && rings.every(({ state }) => state !== 'rolling-back'))
    return { kind: 'finish', state: 'rolled-back' };
  if (rollout.cancelled) return { kind: 'finish', state: 'cancelled' };
  const through = rollout.rings.every(({ passedAtMs, rollBack }) => passedAtMs !== null && rollBack === null);
  return rollout.halt === null && through && nobody('waiting') ? { kind: 'finish', state: 'finished' } : null;
}
