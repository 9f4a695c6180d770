import type { RunDetail, RunGroup } from '@thimble/protocol';

export interface Approval {
  readonly digests: string[];
  readonly endpointCount: number;
  /** Over all endpoints: a change on three endpoints is three. */
  readonly changeCount: number;
}

/** What approving these groups means, in numbers. */
export function approvalOf(groups: readonly RunGroup[]): Approval {
  return {
    digests: groups.map((group) => group.transactionDigest),
    endpointCount: groups.reduce((sum, group) => sum + group.endpointIds.length, 0),
    changeCount: groups.reduce((sum, group) => sum + group.endpointIds.length * group.transaction.changes.length, 0),
  };
}

/**
 * The groups in which some endpoint waits for approval, with only those endpoints. After a retry that is so in a run
 * that was approved before, too.
 */
export function approvableGroups(run: RunDetail): RunGroup[] {
  if (run.summary.state === 'cancelled' || run.summary.state === 'planning') return [];
  const waiting = new Set(
    run.targets.filter((target) => target.state === 'planned').map((target) => target.endpointId),
  );
  return run.groups
    .map((group) => ({ ...group, endpointIds: group.endpointIds.filter((id) => waiting.has(id)) }))
    .filter((group) => group.endpointIds.length > 0);
}
