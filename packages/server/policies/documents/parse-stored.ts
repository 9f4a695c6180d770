import { type Policy, parsePolicy } from '@thimble/rollouts';

/** A stored document as the value that decides. It was parsed before it was stored, so one that does not parse is our own bug. */
export function parseStored(document: unknown, policyId: string, version: number): Policy {
  const parsed = parsePolicy(document);
  if (parsed.ok) return parsed.policy;
  const [first] = parsed.problems;
  throw new Error(
    `version ${version} of the policy ${policyId} can't be read any more: ${first?.path ?? ''} ${first?.message ?? ''}`,
  );
}
