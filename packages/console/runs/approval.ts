import type { RunGroup } from '@thimble/protocol';

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
