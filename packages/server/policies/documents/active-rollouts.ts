import type { PolicySummary } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Rollouts under way, by their policy's id: each policy has at most one. */
export async function activeRollouts(
  within: Kysely<Tables>,
  organisationId: string,
): Promise<ReadonlyMap<string, NonNullable<PolicySummary['activeRollout']>>> {
  const { rows } = await sql<{ policy_id: string; id: string; name: string; state: string }>`
    select policy_id, id, name, state from rollout
    where organisation_id = ${organisationId} and ended_at is null`.execute(within);
  return new Map(rows.map(({ policy_id: policyId, ...rollout }) => [policyId, rollout]));
}
