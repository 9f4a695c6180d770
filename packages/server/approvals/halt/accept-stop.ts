import { HALT_PAYLOAD_TYPE, HALT_SEQUENCE_STEPS, HaltStatement, type SignedStatement } from '@thimble/protocol';
import { canonicalPayload, EnvelopeError, signEnvelope, verifyStatement } from '@thimble/protocol/signing';
import { sql } from 'kysely';
import { Value } from 'typebox/value';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import { type Operator, publishTrust } from '../publish-trust.ts';
import { demandingSet } from '../sets/active-set.ts';
import { lockSets } from '../sets/lock-sets.ts';
import { assertNotStopped, nextSequence, replaceHalts } from './change-halt.ts';
import { readHalts } from './halt-row.ts';

/**
 * A stop that an approver signed elsewhere, now or long ago: one person of the present set is enough. The order key signs the same bytes as
 * well, so that endpoints believe it that have no approvers, or others yet.
 *
 * @throws HttpProblem 409 `no-approvers`, `already-stopped`, `stale-stop`; 422 `signature-refused`
 */
export async function acceptStop(context: ServerContext, operator: Operator, signed: SignedStatement): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const set = await demandingSet(within, organisationId);
    if (set === null)
      throw new HttpProblem(409, 'no-approvers', {
        detail: 'This organisation has no approvers who could sign a stop.',
        hint: 'Stop it without a signature: thimble emergency-stop --reason TEXT',
      });
    const { statement, payload, person } = readStop(signed, set, organisationId);
    assertNotStopped((await readHalts(within, organisationId)).current);
    const next = await nextSequence(within, organisationId);
    if (statement.sequence < next || statement.sequence >= next + HALT_SEQUENCE_STEPS)
      throw new HttpProblem(409, 'stale-stop', {
        detail: `It has the number ${statement.sequence}, and endpoints expect ${next}: there were stops since it was signed.`,
        hint: 'Sign a new one: thimble emergency-stop --reason TEXT --key FILE',
      });
    const now = context.clock();
    await replaceHalts(within, organisationId);
    const { sequence, reason } = statement;
    const envelope = signEnvelope(HALT_PAYLOAD_TYPE, payload, [context.orderKey]);
    const id = context.newId();
    await sql`
      insert into emergency_halt (id, organisation_id, sequence, action, reason, state, payload, envelope, created_at,
        created_by)
      values (${id}, ${organisationId}, ${sequence}, 'stop', ${reason}, 'in-force', ${payload.toString('utf8')},
        ${JSON.stringify(envelope)}::jsonb, ${now}, ${person.name})`.execute(within);
    await publishTrust(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'emergency-stop',
        actor: person.name,
        summary: `${person.name} stopped everything, by signature: ${reason}`,
        detail: { haltId: id, sequence, approverId: person.id, sentBy: operator.name, signed },
      },
    ]);
  });
}

function readStop(signed: SignedStatement, set: Parameters<typeof verifyStatement>[2], organisationId: string) {
  const opened = openedBy(signed, set);
  const statement = opened === null ? null : canonicalPayload(opened.payload)?.value;
  const [person] = opened?.approvers ?? [];
  if (opened === null || person === undefined || !Value.Check(HaltStatement, statement))
    throw refused('No approver of the present set signed this stop.');
  if (statement.organisationId !== organisationId || statement.action !== 'stop')
    throw refused('This is no stop of this organisation.');
  return { statement, payload: opened.payload, person };
}

function openedBy(signed: SignedStatement, set: Parameters<typeof verifyStatement>[2]) {
  try {
    return verifyStatement(signed, HALT_PAYLOAD_TYPE, set);
  } catch (error) {
    if (error instanceof EnvelopeError) return null;
    throw error;
  }
}

function refused(detail: string): HttpProblem {
  return new HttpProblem(422, 'signature-refused', {
    detail,
    hint: 'Anybody who may operate can stop without a signature: thimble emergency-stop --reason TEXT',
  });
}
