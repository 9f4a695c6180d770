import type { Policy } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import { readPolicyVersion } from '../policies/index.ts';
import type { Tables } from '../storage/index.ts';
import type { RolloutRow } from './rows.ts';

/** The version that a rollout follows, whatever was written since. */
export async function readPolicyOf(
  within: Kysely<Tables>,
  rollout: Pick<RolloutRow, 'organisation_id' | 'policy_id' | 'policy_version'>,
): Promise<Policy> {
  const { organisation_id: organisationId, policy_id: policyId, policy_version: version } = rollout;
  const stored = await readPolicyVersion(within, organisationId, policyId, version);
  if (stored === undefined) throw new Error(`version ${version} of the policy ${policyId} is not there`);
  return stored.policy;
}
