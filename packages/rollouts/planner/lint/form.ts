import type { Case, Finding } from './case.ts';

/** Each member has one assignment, in order, and each is done, has its action now, or says why it waits. */
export function complete({ plan, input, rollout, actions }: Case): readonly Finding[] {
  const findings: Finding[] = [];
  if (plan.rolloutId !== rollout.id || plan.madeAtMs !== input.nowMs)
    findings.push({ rule: 'complete', endpointId: null, message: 'the plan is not about this rollout at this moment' });
  if (plan.assignments.length !== rollout.members.length)
    findings.push({
      rule: 'complete',
      endpointId: null,
      message: `${plan.assignments.length} assignments for ${rollout.members.length} endpoints`,
    });
  const due = new Set(actions.map(({ member }) => member.endpointId));
  rollout.members.forEach(({ endpointId, ring, progress }, index) => {
    const assignment = plan.assignments[index];
    const say = (message: string): void => void findings.push({ rule: 'complete', endpointId, message });
    if (assignment === undefined || assignment.endpointId !== endpointId) return say('it has no assignment of its own');
    if (assignment.ring !== ring) say(`its ring is ${ring}, not ${assignment.ring}`);
    const over = ['effective', 'nothing-to-do', 'left-out'].includes(progress.kind);
    if (assignment.wait === null && !due.has(endpointId) && !over)
      say(`it is ${progress.kind}, nothing is done about it and nothing says why`);
  });
  return findings;
}

/** One order at a time: an endpoint is asked for one thing, and not while it works on another. */
export function actionsOnce({ actions, strangers }: Case): readonly Finding[] {
  const seen = new Set<string>();
  return [
    ...strangers.map(({ endpointId, kind }) => ({
      rule: 'actions-once',
      endpointId,
      message: `${kind}: it is no member of the rollout`,
    })),
    ...actions.flatMap(({ action: { kind, endpointId }, member: { progress } }): readonly Finding[] => {
      const twice = seen.has(endpointId);
      seen.add(endpointId);
      const say = (message: string): Finding => ({ rule: 'actions-once', endpointId, message: `${kind}: ${message}` });
      if (twice) return [say('it has another action at the same time')];
      if (progress.kind === 'left-out') return [say('it was left out')];
      if (progress.kind === 'waits-for-consent') return [say('its reboot order is out')];
      return progress.kind === 'working' ? [say(`it works on an order (${progress.order})`)] : [];
    }),
  ];
}

/** Agents refuse what is older than what they know: a generation never goes back, and another slot is another generation. */
export function generations({ plan, input, rollout }: Case): readonly Finding[] {
  return rollout.members.flatMap(({ endpointId, generation }, index): readonly Finding[] => {
    const now = plan.assignments[index];
    const before = input.previous?.assignments[index];
    const say = (message: string): readonly Finding[] => [{ rule: 'generations', endpointId, message }];
    if (now === undefined) return [];
    if (now.generation < generation) return say(`generation ${now.generation} after ${generation}`);
    if (before === undefined || before.endpointId !== endpointId) return [];
    if (now.generation < before.generation) return say(`generation ${now.generation} after ${before.generation}`);
    const moved = now.slot !== null && before.slot?.startMs !== now.slot.startMs;
    return moved && now.generation === before.generation ? say('another slot, and the same generation') : [];
  });
}
