import {
  canonicalJson,
  HALT_PAYLOAD_TYPE,
  HALT_SEQUENCE_STEPS,
  type HaltRequest,
  type HaltStatement,
} from '@thimble/protocol';
import { signEnvelope } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type Operator, publishTrust } from '../publish-trust.ts';
import { demandingSet } from '../sets/active-set.ts';
import { lockSets } from '../sets/lock-sets.ts';
import { type HaltRow, readHalts } from './halt-row.ts';

/**
 * Stops the organisation at once: the order key signs it, because nobody may be there who could, and a server that wants harm can stop
 * by silence anyway. To go on takes approvers' signatures where they are asked for, else the order key again.
 *
 * @throws HttpProblem 409 `already-stopped`, `not-stopped`, `end-proposed`
 */
export async function changeHalt(
  context: ServerContext,
  operator: Operator,
  { action, reason }: HaltRequest,
): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const { current, pending } = await readHalts(within, organisationId);
    if (action === 'stop') assertNotStopped(current);
    if (action === 'go-on' && current?.action !== 'stop')
      throw new HttpProblem(409, 'not-stopped', { detail: 'No emergency stop holds: there is nothing to end.' });
    if (action === 'go-on' && pending !== null)
      throw new HttpProblem(409, 'end-proposed', {
        detail: 'The end of the stop waits for approvers’ signatures already.',
      });
    const now = context.clock();
    const waits = action === 'go-on' && (await demandingSet(within, organisationId)) !== null;
    const statement: HaltStatement = {
      format: 1,
      kind: 'halt',
      organisationId,
      sequence: await nextSequence(within, organisationId),
      action,
      reason,
      issuedAt: now.toISOString(),
    };
    const payload = canonicalJson(statement);
    const envelope = waits ? null : signEnvelope(HALT_PAYLOAD_TYPE, Buffer.from(payload), [context.orderKey]);
    if (!waits) await replaceHalts(within, organisationId);
    const id = context.newId();
    await sql`
      insert into emergency_halt (id, organisation_id, sequence, action, reason, state, payload, envelope, created_at,
        created_by)
      values (${id}, ${organisationId}, ${statement.sequence}, ${action}, ${reason}, ${waits ? 'open' : 'in-force'},
        ${payload}, ${envelope === null ? null : JSON.stringify(envelope)}::jsonb, ${now}, ${operator.name})`.execute(
      within,
    );
    const what = action === 'stop' ? 'stopped everything' : waits ? 'proposed to go on' : 'let everything go on';
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: action === 'stop' ? 'emergency-stop' : waits ? 'go-on-proposed' : 'emergency-stop-ended',
        actor: operator.name,
        summary: `${operator.name} ${what}: ${reason}`,
        detail: { haltId: id, sequence: statement.sequence },
      },
    ]);
    await publishTrust(context, organisationId, within);
  });
}

/** @throws HttpProblem 409 `already-stopped` */
export function assertNotStopped(current: HaltRow | null): void {
  if (current?.action !== 'stop') return;
  throw new HttpProblem(409, 'already-stopped', {
    detail: `It is stopped since ${current.created_at.toISOString()}: ${current.reason}`,
  });
}

/** Nothing that held before holds any more. */
export async function replaceHalts(within: Kysely<Tables>, organisationId: string): Promise<void> {
  await sql`update emergency_halt set state = 'replaced'
    where organisation_id = ${organisationId} and state <> 'replaced'`.execute(within);
}

/**
 * Above our own, and above what endpoints say they have: a server that was restored from a backup has forgotten some. An endpoint that
 * says too much must not use the numbers up.
 */
export async function nextSequence(within: Kysely<Tables>, organisationId: string): Promise<number> {
  const { rows } = await sql<{ own: number; told: number }>`
    select coalesce((select max(sequence) from emergency_halt where organisation_id = ${organisationId}), 0) as own,
      coalesce((select max((held->>'haltSequence')::bigint) from endpoint_trust
        where organisation_id = ${organisationId}), 0) as told`.execute(within);
  const { own = 0, told = 0 } = rows[0] ?? {};
  return Math.max(own, Math.min(told, own + HALT_SEQUENCE_STEPS / 2)) + 1;
}
