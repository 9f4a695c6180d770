import type { Policy } from '@thimble/rollouts';

/** A stored document as the value that decides. It was parsed before it was stored, so one that does not parse is our own bug. */
export function parseStored(_document: unknown, policyId: string, version: number): Policy {
  throw new Error(`version ${version} of the policy ${policyId} can't be read`);
}
