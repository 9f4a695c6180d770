import { type ApproverSignature, type HaltStatus, isEnough, signaturesInWords } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type Operator, publishTrust } from '../publish-trust.ts';
import { activeSet, demandingSet } from '../sets/active-set.ts';
import { lockSets } from '../sets/lock-sets.ts';
import { addSignature } from '../statements/add-signature.ts';
import { countedSignatures, countingSignatures, readSignatures } from '../statements/read-signatures.ts';
import { nextSequence, replaceHalts } from './change-halt.ts';
import { haltEntry, readHalts } from './halt-row.ts';

/** A signature under the end of a stop, which holds as soon as enough approvers have signed it. @throws HttpProblem 404 */
export async function signHalt(
  context: ServerContext,
  operator: Operator,
  haltId: string,
  signature: ApproverSignature,
): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const { pending } = await readHalts(within, organisationId);
    const set = await demandingSet(within, organisationId);
    if (pending === null || pending.id !== haltId || set === null)
      throw new HttpProblem(404, 'unknown-halt', { detail: 'No end of a stop with this id waits for signatures.' });
    const person = await addSignature(within, context, organisationId, 'halt', pending, set, signature);
    const signatures = await readSignatures(within, organisationId, [haltId]);
    const signed = countedSignatures(signatures.get(haltId), set);
    const ends = isEnough(set, signed);
    if (ends) {
      await replaceHalts(within, organisationId);
      await sql`update emergency_halt set state = 'in-force'
        where organisation_id = ${organisationId} and id = ${haltId}`.execute(within);
    }
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: ends ? 'emergency-stop-ended' : 'go-on-signed',
        actor: person.name,
        summary: `${person.name} signed to go on (${signaturesInWords(set, signed)})`,
        detail: { haltId, approverId: person.id, keyid: signature.keyid, sentBy: operator.name },
      },
    ]);
    await publishTrust(context, organisationId, within);
  });
}

export async function haltStatus(within: Kysely<Tables>, organisationId: string): Promise<HaltStatus> {
  const { current, pending } = await readHalts(within, organisationId);
  const set = await activeSet(within, organisationId);
  const ids = [current, pending].flatMap((row) => (row === null ? [] : [row.id]));
  const signatures = await readSignatures(within, organisationId, ids);
  const entry = (row: typeof current) =>
    row === null ? null : haltEntry(row, countingSignatures(signatures.get(row.id), set), set);
  return {
    halted: current?.action === 'stop',
    current: entry(current),
    pending: entry(pending),
    next: { organisationId, sequence: await nextSequence(within, organisationId) },
  };
}
