import type { Policy } from '../policy/policy.ts';
import type { MemberFacts, MemberProgress } from './facts.ts';
import type { RingReport } from './plan.ts';
import type { PlannerRules } from './rules.ts';

export type Standing = keyof RingReport['counts'];

/** What has become of an endpoint, as its ring counts it. A ring is through when nobody of it is busy or waits. */
export function standingOf(member: MemberFacts, policy: Policy, rules: PlannerRules): Standing {
  const { progress, online } = member;
  switch (progress.kind) {
    case 'left-out':
      return 'left-out';
    case 'working':
    case 'waits-for-consent':
      return 'busy';
    case 'nothing-to-do':
      return 'done';
    case 'rolled-back':
      return 'failed';
    case 'failed':
      if (rules.hasFailed(progress)) return 'failed';
      return online ? 'waiting' : 'offline';
    case 'effective':
    case 'waits-for-reboot':
    case 'waits-for-restart':
      return followUpOf(member, policy) === null ? 'done' : 'waiting';
    case 'planned':
      if (trialOf(progress, policy.rings[member.ring]?.trial) === 'failed') return 'failed';
      return online ? 'waiting' : 'offline';
    case 'not-asked':
    case 'planning':
      return online ? 'waiting' : 'offline';
  }
}

/** What failed, in words; empty: nothing did. */
export function failureOf(progress: MemberProgress): string {
  switch (progress.kind) {
    case 'planned':
      return progress.trial === 'failed' ? `its trial failed: ${progress.message}` : '';
    case 'failed':
      return progress.message;
    case 'rolled-back':
      return 'it went back to the versions before';
    default:
      return '';
  }
}

/** Whether an order that changes it has reached it, as far as anybody knows. */
export function isTouched(progress: MemberProgress): boolean {
  switch (progress.kind) {
    case 'working':
    case 'waits-for-consent':
    case 'waits-for-reboot':
    case 'waits-for-restart':
    case 'effective':
    case 'rolled-back':
      return true;
    case 'failed':
      return progress.before === null || progress.unknown;
    case 'not-asked':
    case 'planning':
    case 'planned':
    case 'nothing-to-do':
    case 'left-out':
      return false;
  }
}

/** Whether a new version is there, effective or not. */
export function isPatched({ kind }: MemberProgress): boolean {
  return kind === 'effective' || kind === 'waits-for-reboot' || kind === 'waits-for-restart';
}

/** What an installed patch still needs by the policy; null: nothing, or nothing that the policy allows. */
export function followUpOf(
  { progress, rebootedAtMs }: MemberFacts,
  { deploy }: Policy,
): 'reboot' | 'restart-services' | null {
  const { when } = deploy.reboot;
  const unpaidReboot = when === 'always' && rebootedAtMs === null;
  switch (progress.kind) {
    case 'effective':
      return unpaidReboot ? 'reboot' : null;
    case 'waits-for-reboot':
      return when === 'never' ? null : 'reboot';
    case 'waits-for-restart':
      if (unpaidReboot) return 'reboot';
      return deploy.restartServices ? 'restart-services' : null;
    default:
      return null;
  }
}

/** What a trial says about going on, when one is demanded of this endpoint. */
export function trialOf(
  { trial }: Extract<MemberProgress, { kind: 'planned' }>,
  rule: Policy['rings'][number]['trial'] | undefined,
): 'none' | 'under-way' | 'passed' | 'failed' {
  if (trial !== 'impossible') return trial;
  if (rule === undefined || rule.mode === 'none' || rule.whenImpossible === 'continue') return 'passed';
  return 'failed';
}
