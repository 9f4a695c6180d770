import { type ApproverSignature, isEnough, signaturesInWords } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type Operator, publishTrust } from '../publish-trust.ts';
import { demandingSet } from '../sets/active-set.ts';
import { lockSets } from '../sets/lock-sets.ts';
import { addSignature } from '../statements/add-signature.ts';
import { countedSignatures, readSignatures } from '../statements/read-signatures.ts';
import { APPROVAL_COLUMNS, type ApprovalRow, stateAt } from './approval-row.ts';
import { assertSignedByOthers } from './assert-signed-by-others.ts';
import { wakeTargets } from './recount-requests.ts';

/**
 * Somebody's signature under a request; enough of them let its orders be signed.
 *
 * @throws HttpProblem 404 `unknown-approval`, 409 `not-open`, 403 `four-eyes`, and those of addSignature
 */
export async function signRequest(
  context: ServerContext,
  operator: Operator,
  approvalId: string,
  signature: ApproverSignature,
): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const row = await readApproval(within, organisationId, approvalId);
    const now = context.clock();
    const state = stateAt(row, now);
    if (state === 'expired' || state === 'withdrawn')
      throw new HttpProblem(409, 'not-open', {
        detail: `This request is ${state}: no signature helps it any more.`,
        hint: 'If it is still wanted, renew it and sign the new one.',
      });
    const set = await demandingSet(within, organisationId);
    if (set === null)
      throw new HttpProblem(409, 'no-approvers', {
        detail: 'This organisation does not ask for approvers’ signatures.',
      });
    const person = await addSignature(within, context, organisationId, 'approval', row, set, signature);
    await assertSignedByOthers(context, within, organisationId, row.run_id, person);
    const signatures = await readSignatures(within, organisationId, [approvalId]);
    const signed = countedSignatures(signatures.get(approvalId), set);
    if (isEnough(set, signed))
      await sql`update approval_request set state = 'granted'
        where organisation_id = ${organisationId} and id = ${approvalId}`.execute(within);
    await wakeTargets(within, context, approvalId);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'approval-signed',
        actor: person.name,
        runId: row.run_id,
        summary: `${person.name} signed ${row.title} (${signaturesInWords(set, signed)})`,
        detail: { approvalId, approverId: person.id, keyid: signature.keyid, sentBy: operator.name },
      },
    ]);
    await publishTrust(context, organisationId, within);
  });
}

/** @throws HttpProblem 404 `unknown-approval` */
export async function readApproval(
  within: Kysely<Tables>,
  organisationId: string,
  approvalId: string,
): Promise<ApprovalRow> {
  const { rows } = await sql<ApprovalRow>`
    select ${APPROVAL_COLUMNS} from approval_request a
    where a.organisation_id = ${organisationId} and a.id = ${approvalId}`.execute(within);
  const [row] = rows;
  if (row === undefined) throw new HttpProblem(404, 'unknown-approval', { detail: 'There is no such request.' });
  return row;
}
