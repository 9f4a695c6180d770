import { wasChanged, type Case, type Finding } from './case.ts';

/** Nothing at all on an endpoint that is held, or on which somebody else works. */
export function held({ actions, nowMs }: Case): readonly Finding[] {
  return actions.flatMap(({ action: { kind, endpointId }, member: { hold, busyWith } }): readonly Finding[] => {
    if (hold !== null && (hold.untilMs === null || nowMs < hold.untilMs))
      return [{ rule: 'held', endpointId, message: `${kind}: it is held: ${hold.why}` }];
    return busyWith === null ? [] : [{ rule: 'held', endpointId, message: `${kind}: it is busy with ${busyWith}` }];
  });
}

/** What is installed is the transaction that was planned, not recalled, and tried where the policy demands it. */
export function approved({ rollout, actions }: Case): readonly Finding[] {
  return actions.flatMap(({ action, member }): readonly Finding[] => {
    if (!('transactionDigest' in action)) return [];
    const { progress } = member;
    const { endpointId, kind } = action;
    const say = (rule: string, message: string): readonly Finding[] => [
      { rule, endpointId, message: `${kind}: ${message}` },
    ];
    if (progress.kind !== 'planned') return say('approved', `it is ${progress.kind}, so nothing of it is known`);
    if (progress.transactionDigest !== action.transactionDigest)
      return say('approved', 'another transaction than planned');
    if (progress.blocked.length > 0) return say('approved', `recalled: ${progress.blocked.join(', ')}`);
    if (kind !== 'apply') return [];
    const { trial } = progress;
    const rule = rollout.policy.rings[member.ring]?.trial;
    if (trial === 'failed') return say('trial', 'its trial failed');
    if (rule === undefined || rule.mode === 'none' || trial === 'passed') return [];
    if (trial === 'impossible')
      return rule.whenImpossible === 'stop' ? say('trial', 'no trial was possible, and the policy stops there') : [];
    if (trial === 'none' && rule.mode === 'first' && provenIn(member.ring, rollout) >= rule.first) return [];
    return say('trial', 'it was not tried');
  });
}

/** Endpoints of a ring whose trial passed, or that are past it. */
function provenIn(ring: number, { members, policy }: Case['rollout']): number {
  const impossible = policy.rings[ring]?.trial.whenImpossible === 'continue';
  return members.filter((member) => {
    if (member.ring !== ring) return false;
    const { progress } = member;
    if (progress.kind !== 'planned') return wasChanged(member);
    return progress.trial === 'passed' || (progress.trial === 'impossible' && impossible);
  }).length;
}

/** Nothing is downgraded but what was changed, and only by the rule or because its ring goes back. */
export function rollBacks({ rollout, actions }: Case): readonly Finding[] {
  return actions.flatMap(({ action: { kind, endpointId }, member }): readonly Finding[] => {
    if (kind !== 'roll-back') return [];
    const ringGoes = (rollout.rings[member.ring]?.rollBack ?? null) !== null;
    const failed = member.progress.kind === 'failed';
    const say = (message: string): readonly Finding[] => [{ rule: 'roll-backs', endpointId, message }];
    if (!wasChanged(member) || member.progress.kind === 'rolled-back') return say('there is nothing to undo');
    if (member.progress.kind === 'failed' && !member.progress.undoable) return say('it can not be undone');
    return ringGoes || (failed && rollout.policy.onFailure.rollBack !== 'nothing') ? [] : say('nobody asked for it');
  });
}

/** Reboots and restarts only by the rule, and reboots of a ring apart from each other. */
export function reboots({ rollout, actions, nowMs }: Case): readonly Finding[] {
  const { reboot, restartServices } = rollout.policy.deploy;
  const lastOfRing = new Map<number, number>();
  for (const { ring, rebootedAtMs } of rollout.members)
    if (rebootedAtMs !== null) lastOfRing.set(ring, Math.max(lastOfRing.get(ring) ?? -Infinity, rebootedAtMs));
  return actions.flatMap(({ action: { kind, endpointId }, member }): readonly Finding[] => {
    const say = (message: string): readonly Finding[] => [
      { rule: 'reboots', endpointId, message: `${kind}: ${message}` },
    ];
    const { progress, ring } = member;
    if (kind === 'restart-services')
      return progress.kind === 'waits-for-restart' && restartServices ? [] : say(`the rule does not ask for it`);
    if (kind !== 'reboot') return [];
    const needed = progress.kind === 'waits-for-reboot' && reboot.when !== 'never';
    const always =
      reboot.when === 'always' &&
      member.rebootedAtMs === null &&
      (progress.kind === 'effective' || progress.kind === 'waits-for-restart');
    if (!needed && !always) return say('the rule does not ask for it');
    const beforeMs = lastOfRing.get(ring) ?? -Infinity;
    lastOfRing.set(ring, nowMs);
    return nowMs - beforeMs < reboot.staggerMs ? say('too soon after another of its ring') : [];
  });
}
