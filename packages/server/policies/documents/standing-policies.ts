import type { Inheritance, Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { parseStored } from './parse-stored.ts';

/** A policy that was not removed, in its newest version. */
export interface StandingPolicy {
  readonly id: string;
  readonly version: number;
  readonly policy: Policy;
  /** null: the organisation's own. */
  readonly inherited: Inheritance | null;
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
  const { rows } = await sql<Row>`
    select p.id, p.version, v.document, p.origin_name as "from", p.origin_levels as levels, v.created_at as "changedAt",
      v.created_by as "changedBy"
    from policy p join policy_version v on v.policy_id = p.id and v.version = p.version
    where p.organisation_id = ${organisationId} and p.removed_at is null
    order by p.name collate "C", p.origin_policy_id is not null`.execute(within);
  return rows.map(({ document, from, levels, ...row }) => ({
    ...row,
    policy: parseStored(document, row.id, row.version),
    inherited: from === null || levels === null ? null : { from, levels },
  }));
}

interface Row extends Omit<StandingPolicy, 'policy' | 'inherited'> {
  readonly document: unknown;
  readonly from: string | null;
  readonly levels: number | null;
}
