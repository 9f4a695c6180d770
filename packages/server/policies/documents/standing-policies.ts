import type { Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { parseStored } from './parse-stored.ts';

/** A policy that was not removed, in its newest version. */
export interface StandingPolicy {
  readonly id: string;
  readonly version: number;
  readonly policy: Policy;
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
  const { rows } = await sql<{ id: string; version: number; document: unknown }>`
    select p.id, p.version, v.document from policy p join policy_version v on v.policy_id = p.id and v.version = p.version
    where p.organisation_id = ${organisationId} and p.removed_at is null order by p.name collate "C"`.execute(within);
  return rows.map(({ id, version, document }) => ({ id, version, policy: parseStored(document, id, version) }));
}
