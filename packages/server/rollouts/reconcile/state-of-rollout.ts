import type { RolloutState } from '@thimble/protocol';
import { approvalsOf, type Plan, type PlanInput, type PlanReport } from '@thimble/rollouts';

/** What a rollout is in one word after its plan's actions; undefined: it ended, and the planner said how. */
export function stateOfRollout(
  { rollout }: PlanInput,
  { actions }: Plan,
  { rings }: PlanReport,
): RolloutState | undefined {
  if (actions.some(({ kind }) => kind === 'finish')) return undefined;
  if (rings.some(({ state }) => state === 'rolling-back')) return 'rolling-back';
  if (rollout.halt !== null || actions.some(({ kind }) => kind === 'halt')) return 'halted';
  const { required, from } = rollout.policy.approvals;
  return approvalsOf(rollout.approvedBy, from) < required ? 'awaiting-approval' : 'running';
}
