import type { RolloutRow } from './rows.ts';

/** What somebody proposed who answers for a rollout: it, or the version of the policy that decides it. */
export function proposalsOf(rollout: Pick<RolloutRow, 'id' | 'policy_id' | 'policy_version'>): readonly string[] {
  return [`rollout:${rollout.id}`, `policy:${rollout.policy_id}:${rollout.policy_version}`];
}
