import type { Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { readPolicyVersion } from '../policies/index.ts';
import type { Tables } from '../storage/index.ts';
import type { RolloutRow } from './rows.ts';

/** The version that a rollout follows, whatever was written since, with the rings that take part in it. */
export async function readPolicyOf(
  within: Kysely<Tables>,
  rollout: Pick<RolloutRow, 'id' | 'organisation_id' | 'policy_id' | 'policy_version'>,
): Promise<Policy> {
  const { organisation_id: organisationId, policy_id: policyId, policy_version: version } = rollout;
  const stored = await readPolicyVersion(within, organisationId, policyId, version);
  if (stored === undefined) throw new Error(`version ${version} of the policy ${policyId} is not there`);
  const { rows } = await sql<{ name: string }>`
    select name from rollout_ring where rollout_id = ${rollout.id} order by number`.execute(within);
  const { policy } = stored;
  const names = rows.map(({ name }) => name);
  return { ...policy, rings: ringsNamed(policy, names) };
}

export function ringsNamed({ rings }: Policy, names: readonly string[]): Policy['rings'] {
  return rings.filter(({ name }) => names.includes(name));
}
