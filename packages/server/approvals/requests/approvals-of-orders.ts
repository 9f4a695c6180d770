import type { SignedStatement } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { activeSet } from '../sets/active-set.ts';
import { countingSignatures, readSignatures, signedStatement } from '../statements/read-signatures.ts';
import type { StatementRow } from '../statements/statement-row.ts';

/** The approvals that an endpoint needs to see with its orders, with the signatures that count now. */
export async function approvalsOfOrders(
  within: Kysely<Tables>,
  organisationId: string,
  orderIds: readonly string[],
): Promise<SignedStatement[]> {
  const { rows } = await sql<StatementRow>`
    select a.id, a.payload from approval_request a
    where a.organisation_id = ${organisationId} and a.id in (
      select o.approval_id from endpoint_order o where o.id = any(${[...orderIds]}::uuid[]))
    order by a.id`.execute(within);
  if (rows.length === 0) return [];
  const set = await activeSet(within, organisationId);
  const signatures = await readSignatures(
    within,
    organisationId,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => signedStatement('approval', row, countingSignatures(signatures.get(row.id), set)));
}
