import type { ApprovedAction } from '@thimble/protocol';
import type { ApprovalFacts, ApproverFacts } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { readSet } from '../sets/set-entry.ts';
import { countedSignatures, readSignatures } from '../statements/read-signatures.ts';

interface ScopeRow {
  readonly id: string;
  readonly endpoint_id: string;
  /** null: the endpoint alone. */
  readonly digests: readonly string[] | null;
  readonly actions: ApprovedAction[];
  readonly expires_ms: number;
}

/** What approvers of a run's organisation were asked about these endpoints, by endpoint; null: orders need no signatures. */
export async function approverFacts(
  within: Kysely<Tables>,
  runId: string,
  endpointIds: readonly string[],
): Promise<((endpointId: string) => ApproverFacts) | null> {
  const { rows: sets } = await sql<{ organisation_id: string; payload: string }>`
    select s.organisation_id, s.payload from run r
    join approver_set s on s.organisation_id = r.organisation_id and s.state = 'active'
    where r.id = ${runId}`.execute(within);
  const [active] = sets;
  if (active === undefined) return null;
  const { organisation_id: organisationId } = active;
  const set = readSet(active);
  if (set.threshold === 0) return null;
  const { threshold, keyFilesAtLeast = 0 } = set;
  const demand = { threshold, keyFilesAtLeast };
  const { rows } = await sql<ScopeRow>`
    select a.id, s.endpoint_id, array_agg(s.transaction_digest) filter (where s.transaction_digest <> '') as digests,
      a.actions, (extract(epoch from a.expires_at) * 1000)::bigint as expires_ms
    from approval_request a join approval_scope s on s.approval_id = a.id
    where a.run_id = ${runId} and a.state <> 'withdrawn' and s.endpoint_id = any(${[...endpointIds]}::uuid[])
    group by a.id, s.endpoint_id order by a.created_at desc, a.id desc`.execute(within);
  const signatures = await readSignatures(within, organisationId, [...new Set(rows.map(({ id }) => id))]);
  const byEndpoint = new Map<string, ApprovalFacts[]>();
  for (const row of rows) {
    const facts: ApprovalFacts = {
      id: row.id,
      actions: row.actions,
      transactionDigests: row.digests ?? [],
      signed: countedSignatures(signatures.get(row.id), set),
      expiresAtMs: row.expires_ms,
    };
    byEndpoint.set(row.endpoint_id, [...(byEndpoint.get(row.endpoint_id) ?? []), facts]);
  }
  return (endpointId) => ({ demand, approvals: byEndpoint.get(endpointId) ?? [] });
}
