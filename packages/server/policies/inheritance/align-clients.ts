import { sql, type Kysely } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { NewEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { lockPoliciesInOrder } from '../lock.ts';
import { publishPolicies } from '../publish.ts';
import { type Difference, findDifferences } from './find-differences.ts';
import { writeCopies } from './write-copies.ts';

/**
 * Brings the copies that an organisation and all below it have of policies from above up to what these are now: in the transaction
 * that changed one of them, or an organisation. Says nothing where nothing is different. The caller sees all organisations, and holds
 * the lock of this one's policies; locks are taken from above downwards.
 *
 * @returns what is to be written into the evidence of each organisation concerned
 */
export async function alignClients(
  within: Kysely<Tables>,
  context: Pick<ServerContext, 'clock' | 'newId' | 'events'>,
  actor: string,
  organisationId: string,
): Promise<readonly NewEvidence[]> {
  const { rows } = await sql<{ id: string }>`
    select id from organisations_below(${organisationId}::uuid) order by distance, id`.execute(within);
  const below = rows.map(({ id }) => id);
  await lockPoliciesInOrder(within, below);
  const differences = await findDifferences(within, [organisationId, ...below]);
  if (differences.length === 0) return [];
  const now = context.clock();
  const copies = differences.map((difference) => ({ ...difference, id: difference.copyId ?? context.newId() }));
  await writeCopies(within, copies, actor, now);
  for (const id of new Set(copies.map((copy) => copy.organisationId))) await publishPolicies(context, id, within);
  return copies.map((copy) => evidenceOf(copy, actor, now));
}

const VERBS = { made: 'created', changed: 'changed', removed: 'removed' } as const;

function evidenceOf(copy: Difference & { readonly id: string }, actor: string, at: Date): NewEvidence {
  const { organisationId, id, name, from, version, kind, originPolicyId, originVersion } = copy;
  return {
    organisationId,
    at,
    kind: `policy-${VERBS[kind]}`,
    actor,
    summary: `${actor} ${kind} the policy ${name} that is inherited from ${from}`,
    detail: { policyId: id, version, inheritedFrom: from, originPolicyId, originVersion },
  };
}
