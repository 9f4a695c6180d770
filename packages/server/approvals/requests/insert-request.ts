import { type ApprovalStatement, type ApprovedAction, canonicalJson, type Transaction } from '@thimble/protocol';
import { statementDigest } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { NewEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { PAYLOAD_TYPE } from '../statements/statement-row.ts';
import type { AskingRun } from './ask-approvers.ts';

/** One endpoint of a request. */
export interface Scope {
  readonly endpointId: string;
  /** As the statement has it; null: the endpoint itself, for actions without a transaction. */
  readonly digest: string | null;
  /** As the planner knows it: of a way back the digest of what is undone. */
  readonly plannedDigest: string | null;
}

export interface NewRequest {
  readonly actions: readonly ApprovedAction[];
  readonly scopes: readonly Scope[];
  readonly transactions: ReadonlyMap<string, Transaction>;
}

/** Two weekly windows: longer would leave signatures lying about that nobody remembers. */
const LIFETIME_MS = 14 * 86_400_000;
/** An endpoint's clock may be behind: what was just signed holds there, too. */
const CLOCK_ALLOWANCE_MS = 300_000;

/** Writes down what approvers shall sign. Nobody has signed it yet. @returns its record, to be appended last */
export async function insertRequest(
  within: Kysely<Tables>,
  context: ServerContext,
  run: AskingRun,
  { actions, scopes, transactions }: NewRequest,
): Promise<NewEvidence> {
  const now = context.clock();
  const id = context.newId();
  const { organisation_id: organisationId } = run;
  const createdBy = run.approved_by ?? run.created_by;
  const statement: ApprovalStatement = {
    format: 1,
    kind: 'approval',
    id,
    organisationId,
    runId: run.id,
    title: run.name.slice(0, 512),
    snapshotId: run.snapshot_id,
    transactions: byDigest(scopes),
    endpointIds: scopes.flatMap(({ endpointId, digest }) => (digest === null ? [endpointId] : [])),
    actions: [...actions],
    notBefore: new Date(now.getTime() - CLOCK_ALLOWANCE_MS).toISOString(),
    expiresAt: new Date(now.getTime() + LIFETIME_MS).toISOString(),
  };
  const payload = canonicalJson(statement);
  await sql`
    insert into approval_request (id, organisation_id, run_id, state, title, payload, actions, transaction_count,
      endpoint_count, created_at, created_by, expires_at)
    values (${id}, ${organisationId}, ${run.id}, 'open', ${statement.title}, ${payload}, ${[...actions]}::text[],
      ${transactions.size}, ${scopes.length}, ${now}, ${createdBy}, ${statement.expiresAt})`.execute(within);
  await sql`
    insert into approval_scope (approval_id, organisation_id, endpoint_id, transaction_digest)
    select ${id}::uuid, ${organisationId}::uuid, s."endpointId", coalesce(s."plannedDigest", '')
    from jsonb_to_recordset(${JSON.stringify(scopes)}::jsonb) as s ("endpointId" uuid, "plannedDigest" text)
    on conflict do nothing`.execute(within);
  for (const [digest, transaction] of transactions)
    await sql`insert into approval_transaction (approval_id, organisation_id, transaction_digest, transaction)
      values (${id}, ${organisationId}, ${digest}, ${JSON.stringify(transaction)}::jsonb)`.execute(within);
  return {
    organisationId,
    at: now,
    kind: 'approval-requested',
    actor: createdBy,
    runId: run.id,
    summary: `approvers were asked to sign ${run.name} (${counted(transactions.size, 'transaction')}, ${counted(scopes.length, 'endpoint')})`,
    detail: { approvalId: id, digest: statementDigest(PAYLOAD_TYPE.approval, Buffer.from(payload)), actions },
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function byDigest(scopes: readonly Scope[]): ApprovalStatement['transactions'] {
  const endpoints = new Map<string, string[]>();
  for (const { digest, endpointId } of scopes) {
    if (digest === null) continue;
    const ids = endpoints.get(digest);
    if (ids === undefined) endpoints.set(digest, [endpointId]);
    else ids.push(endpointId);
  }
  return [...endpoints]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([transactionDigest, endpointIds]) => ({ transactionDigest, endpointIds: endpointIds.sort() }));
}
