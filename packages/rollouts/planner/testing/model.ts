import type { MemberFacts, MemberProgress, Plan, PlanInput, RolloutAction, RolloutFacts } from '../index.ts';

/** What a server makes of the actions of a plan: the facts as they are right after all of it was done. */
export function done(plan: Plan, input: PlanInput): PlanInput {
  const rollout = plan.actions.reduce((facts, action) => doAction(facts, action, input.nowMs), input.rollout);
  const members = rollout.members.map((member, index) => {
    const generation = plan.assignments[index]?.generation ?? member.generation;
    return generation === member.generation ? member : { ...member, generation };
  });
  return { ...input, rollout: { ...rollout, members }, previous: plan };
}

/** Facts with something else about one endpoint. */
export function withMember(facts: RolloutFacts, endpointId: string, change: Partial<MemberFacts>): RolloutFacts {
  return {
    ...facts,
    members: facts.members.map((member) => (member.endpointId === endpointId ? { ...member, ...change } : member)),
  };
}

function doAction(facts: RolloutFacts, action: RolloutAction, nowMs: number): RolloutFacts {
  const ring = (index: number, change: Partial<RolloutFacts['rings'][number]>): RolloutFacts => ({
    ...facts,
    rings: facts.rings.map((each, at) => (at === index ? { ...each, ...change } : each)),
  });
  switch (action.kind) {
    case 'open-ring':
      return ring(action.ring, { openedAtMs: nowMs });
    case 'pass-gate':
      return ring(action.ring, { passedAtMs: nowMs });
    case 'roll-back-ring':
      return ring(action.ring, { rollBack: { by: 'its policy', atMs: nowMs } });
    case 'halt':
      return { ...facts, halt: { by: 'its gate', why: action.why, atMs: nowMs } };
    case 'block':
    case 'finish':
      return facts;
    default: {
      const member = facts.members.find(({ endpointId }) => endpointId === action.endpointId);
      if (member === undefined) return facts;
      const rebootedAtMs = action.kind === 'reboot' ? nowMs : member.rebootedAtMs;
      return withMember(facts, action.endpointId, {
        progress: begun(member.progress, action.kind, nowMs),
        rebootedAtMs,
      });
    }
  }
}

function begun(
  progress: MemberProgress,
  kind: Extract<RolloutAction, { endpointId: string }>['kind'],
  nowMs: number,
): MemberProgress {
  switch (kind) {
    case 'ask':
    case 'retry':
      return { kind: 'planning', sinceMs: nowMs };
    case 'try':
      return progress.kind === 'planned' ? { ...progress, trial: 'under-way' } : progress;
    case 'pre-stage':
      return progress.kind === 'planned' ? { ...progress, preStage: 'under-way' } : progress;
    case 'apply':
    case 'reboot':
    case 'restart-services':
      return { kind: 'working', sinceMs: nowMs, order: kind };
    case 'roll-back':
      return { kind: 'working', sinceMs: nowMs, order: 'rollback' };
  }
}
