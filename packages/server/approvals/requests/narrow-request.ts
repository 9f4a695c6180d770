import {
  type ApprovalStatement,
  type ApprovedAction,
  canonicalJson,
  type NarrowApprovalRequest,
} from '@thimble/protocol';
import { statementDigest } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type Operator, publishTrust } from '../publish-trust.ts';
import { lockSets } from '../sets/lock-sets.ts';
import { PAYLOAD_TYPE } from '../statements/statement-row.ts';
import { type ApprovalRow, stateAt } from './approval-row.ts';
import { wakeTargets } from './recount-requests.ts';
import { readApproval } from './sign-request.ts';

/**
 * Puts a request in the place of an open one that allows less: fewer actions, a shorter time, and never anything more. Other bytes are to
 * be signed, so it has an id of its own, and what was signed of the one before counts no more.
 *
 * @returns the new request's id
 * @throws HttpProblem 404 `unknown-approval`, 409 `not-open`, 422 `not-narrower`
 */
export async function narrowRequest(
  context: ServerContext,
  operator: Operator,
  approvalId: string,
  wanted: NarrowApprovalRequest,
): Promise<string> {
  const { organisationId } = operator;
  return context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const row = await readApproval(within, organisationId, approvalId);
    const now = context.clock();
    const state = stateAt(row, now);
    if (state !== 'open')
      throw new HttpProblem(409, 'not-open', {
        detail: `This request is ${state}: only one that waits for signatures can be narrowed.`,
      });
    // Written by ourselves from a validated document.
    const before = JSON.parse(row.payload) as ApprovalStatement;
    const statement = narrowed(before, wanted, context.newId(), now);
    const payload = canonicalJson(statement);
    await sql`update approval_request set state = 'withdrawn'
      where organisation_id = ${organisationId} and id = ${approvalId}`.execute(within);
    await insertInItsPlace(within, organisationId, row, statement, payload, operator, now);
    await wakeTargets(within, context, statement.id);
    await publishTrust(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'approval-narrowed',
        actor: operator.name,
        runId: row.run_id,
        summary: `${operator.name} narrowed what ${row.title} asks approvers for: ${statement.actions.join(', ')} until ${statement.expiresAt}`,
        detail: {
          approvalId: statement.id,
          before: approvalId,
          digest: statementDigest(PAYLOAD_TYPE.approval, Buffer.from(payload)),
          actions: statement.actions,
          expiresAt: statement.expiresAt,
        },
      },
    ]);
    return statement.id;
  });
}

function narrowed(before: ApprovalStatement, wanted: NarrowApprovalRequest, id: string, now: Date): ApprovalStatement {
  const actions = wanted.actions ?? before.actions;
  const expiresAt = wanted.expiresAt ?? before.expiresAt;
  const more = actions.filter((action) => !before.actions.includes(action));
  if (more.length > 0) throw notNarrower(`It does not ask for ${more.join(', ')}.`);
  if (meansSomethingElse(before.actions, actions))
    throw notNarrower('A way back belongs to its installation: without "apply" it would be another approval.');
  if (Date.parse(expiresAt) > Date.parse(before.expiresAt) || !(Date.parse(expiresAt) > now.getTime()))
    throw notNarrower(`Its end has to be after now and not after ${before.expiresAt}.`);
  if (actions.length === before.actions.length && Date.parse(expiresAt) === Date.parse(before.expiresAt))
    throw notNarrower('This is what it asks for already.');
  return {
    ...before,
    id,
    actions: before.actions.filter((action) => actions.includes(action)),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

/** `ApprovedAction`: without `apply`, `rollback` means that the listed transactions are ways back themselves. */
function meansSomethingElse(before: readonly ApprovedAction[], actions: readonly ApprovedAction[]): boolean {
  return before.includes('apply') && !actions.includes('apply') && actions.includes('rollback');
}

function notNarrower(detail: string): HttpProblem {
  return new HttpProblem(422, 'not-narrower', {
    detail,
    hint: 'A request can only be narrowed: fewer actions, or less time.',
  });
}

async function insertInItsPlace(
  within: Kysely<Tables>,
  organisationId: string,
  { id: beforeId, run_id: runId, title, ...before }: ApprovalRow,
  { id, actions, expiresAt }: ApprovalStatement,
  payload: string,
  operator: Operator,
  now: Date,
): Promise<void> {
  await sql`
    insert into approval_request (id, organisation_id, run_id, state, title, payload, actions, transaction_count,
      endpoint_count, created_at, created_by, expires_at, narrowed_by)
    values (${id}, ${organisationId}, ${runId}, 'open', ${title}, ${payload}, ${[...actions]}::text[],
      ${before.transaction_count}, ${before.endpoint_count}, ${now}, ${before.created_by}, ${expiresAt},
      ${operator.name})`.execute(within);
  await sql`
    insert into approval_scope (approval_id, organisation_id, endpoint_id, transaction_digest)
    select ${id}::uuid, organisation_id, endpoint_id, transaction_digest from approval_scope
    where organisation_id = ${organisationId} and approval_id = ${beforeId}`.execute(within);
  await sql`
    insert into approval_transaction (approval_id, organisation_id, transaction_digest, transaction)
    select ${id}::uuid, organisation_id, transaction_digest, transaction from approval_transaction
    where organisation_id = ${organisationId} and approval_id = ${beforeId}`.execute(within);
}
