import { type ApproverSignature, isEnough } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type Operator, publishTrust } from '../publish-trust.ts';
import { addSignature } from '../statements/add-signature.ts';
import { countedSignatures, readSignatures } from '../statements/read-signatures.ts';
import { activateSet } from './activate-set.ts';
import { activeSet } from './active-set.ts';
import { lockSets } from './lock-sets.ts';
import { readSet, type SetRow } from './set-entry.ts';

/** A signature of somebody of the present set under the proposed one, which holds as soon as enough have signed. */
export async function signSet(
  context: ServerContext,
  operator: Operator,
  setId: string,
  signature: ApproverSignature,
): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const row = await readProposal(within, organisationId, setId);
    const present = await activeSet(within, organisationId);
    if (present === null) throw new Error(`the set ${setId} is proposed and there is none that could sign it`);
    const person = await addSignature(within, context, organisationId, 'approver-set', row, present, signature);
    const signatures = await readSignatures(within, organisationId, [setId]);
    const enough = isEnough(present, countedSignatures(signatures.get(setId), present));
    const changed = enough ? [await activateSet(within, context, operator, { ...row, set: readSet(row) })] : [];
    await publishTrust(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'approvers-signed',
        actor: person.name,
        summary: `${person.name} signed the proposed approvers (version ${row.version})`,
        detail: { setId, approverId: person.id, keyid: signature.keyid, sentBy: operator.name },
      },
      ...changed,
    ]);
  });
}

/** Takes a proposal back. */
export async function withdrawSet(context: ServerContext, operator: Operator, setId: string): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const { version } = await readProposal(within, organisationId, setId);
    await sql`update approver_set set state = 'withdrawn'
      where organisation_id = ${organisationId} and id = ${setId}`.execute(within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'approvers-withdrawn',
        actor: operator.name,
        summary: `${operator.name} withdrew the proposed approvers (version ${version})`,
        detail: { setId, version },
      },
    ]);
    await publishTrust(context, organisationId, within);
  });
}

async function readProposal(within: Kysely<Tables>, organisationId: string, setId: string): Promise<SetRow> {
  const { rows } = await sql<SetRow>`
    select id, payload, version, state, proposed_at, proposed_by, activated_at from approver_set
    where organisation_id = ${organisationId} and id = ${setId}`.execute(within);
  const [row] = rows;
  if (row === undefined) throw new HttpProblem(404, 'unknown-set', { detail: 'There is no such set of approvers.' });
  if (row.state === 'proposed') return row;
  throw new HttpProblem(409, 'not-proposed', { detail: `This set is ${row.state}: nothing can be done with it.` });
}
