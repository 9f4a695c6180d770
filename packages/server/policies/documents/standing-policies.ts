import type { Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { parseStored } from './parse-stored.ts';

/** A policy that was not removed, in its newest version. */
export interface StandingPolicy {
  readonly id: string;
  readonly version: number;
  readonly policy: Policy;
  readonly changedAt: Date;
  readonly changedBy: string;
}

/** Enabled and not removed: what endpoints can follow now. By name. */
export async function policiesInForce(
  within: Kysely<Tables>,
  organisationId: string,
): Promise<readonly StandingPolicy[]> {
  const standing = await standingPolicies(within, organisationId);
  return standing.filter(({ policy }) => policy.enabled);
}

/** By name. */
export async function standingPolicies(
  within: Kysely<Tables>,
  organisationId: string,
): Promise<readonly StandingPolicy[]> {
  const { rows } = await sql<Omit<StandingPolicy, 'policy'> & { document: unknown }>`
    select p.id, p.version, v.document, v.created_at as "changedAt", v.created_by as "changedBy"
    from policy p join policy_version v on v.policy_id = p.id and v.version = p.version
    where p.organisation_id = ${organisationId} and p.removed_at is null order by p.name collate "C"`.execute(within);
  return rows.map(({ document, ...row }) => ({ ...row, policy: parseStored(document, row.id, row.version) }));
}
