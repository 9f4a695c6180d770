import type { ApprovalDetail, ApprovalList, ApprovalStatement, Transaction } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { activeSet } from '../sets/active-set.ts';
import { countingSignatures, readSignatures, signedStatement } from '../statements/read-signatures.ts';
import { APPROVAL_COLUMNS, type ApprovalRow, approvalSummary } from './approval-row.ts';
import { readApproval } from './sign-request.ts';

const APPROVALS_SHOWN = 200;

/** What waits first, then the newest. */
export async function listApprovals(context: ServerContext, organisationId: string): Promise<ApprovalList> {
  const { kysely } = context.database;
  const now = context.clock();
  const { rows } = await sql<ApprovalRow & { total: number }>`
    select ${APPROVAL_COLUMNS}, count(*) over () as total from approval_request a
    where a.organisation_id = ${organisationId}
    order by (a.state = 'open' and a.expires_at > ${now}) desc, a.created_at desc, a.id desc
    limit ${APPROVALS_SHOWN}`.execute(kysely);
  const set = await activeSet(kysely, organisationId);
  const signatures = await readSignatures(
    kysely,
    organisationId,
    rows.map(({ id }) => id),
  );
  return {
    items: rows.map((row) => approvalSummary(row, countingSignatures(signatures.get(row.id), set), set, now)),
    total: rows[0]?.total ?? 0,
  };
}

/** @throws HttpProblem 404 `unknown-approval` */
export async function approvalDetail(
  context: ServerContext,
  organisationId: string,
  approvalId: string,
): Promise<ApprovalDetail> {
  const { kysely } = context.database;
  const row = await readApproval(kysely, organisationId, approvalId);
  const set = await activeSet(kysely, organisationId);
  const signatures = await readSignatures(kysely, organisationId, [approvalId]);
  const counting = countingSignatures(signatures.get(approvalId), set);
  // Written by ourselves from a validated document.
  const statement = JSON.parse(row.payload) as ApprovalStatement;
  const { rows: endpoints } = await sql<{ id: string; hostname: string }>`
    select distinct e.id, e.hostname from approval_scope s join endpoint e on e.id = s.endpoint_id
    where s.approval_id = ${approvalId} order by e.hostname, e.id`.execute(kysely);
  return {
    summary: approvalSummary(row, counting, set, context.clock()),
    signed: signedStatement('approval', row, counting),
    statement,
    endpoints: [...endpoints],
    snapshotName: await snapshotName(kysely, statement.snapshotId),
  };
}

/** One of the transactions that are approved, so that whoever signs can compute its digest. @throws HttpProblem 404 */
export async function approvalTransaction(
  within: Kysely<Tables>,
  organisationId: string,
  approvalId: string,
  digest: string,
): Promise<Transaction> {
  const { rows } = await sql<{ transaction: Transaction }>`
    select transaction from approval_transaction
    where organisation_id = ${organisationId} and approval_id = ${approvalId} and transaction_digest = ${digest}`.execute(
    within,
  );
  const [row] = rows;
  if (row === undefined)
    throw new HttpProblem(404, 'unknown-transaction', { detail: 'This request has no such transaction.' });
  return row.transaction;
}

async function snapshotName(within: Kysely<Tables>, snapshotId: string | null): Promise<string | null> {
  if (snapshotId === null) return null;
  const { rows } = await sql<{ name: string }>`select name from content_snapshot where id = ${snapshotId}`.execute(
    within,
  );
  return rows[0]?.name ?? null;
}
