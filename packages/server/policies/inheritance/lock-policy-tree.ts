import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { lockPoliciesInOrder } from '../lock.ts';

/**
 * No policy changes that an organisation or any below it could inherit, until the transaction ends. Its first statement: who saves a
 * policy has this lock before rows of organisations.
 */
export async function lockPolicyTree(within: Kysely<Tables>, organisationId: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id, -distance as level from organisations_above(${organisationId}::uuid)
    union all select id, distance from organisations_below(${organisationId}::uuid) order by level, id`.execute(within);
  await lockPoliciesInOrder(
    within,
    rows.map(({ id }) => id),
  );
}
