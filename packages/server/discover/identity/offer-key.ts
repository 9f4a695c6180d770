import { type Envelope, NEW_KEY_PAYLOAD_TYPE, NewKeyStatement } from '@thimble/protocol';
import { EnvelopeError, keyThumbprint, openEnvelope, verifyingKey } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import { Value } from 'typebox/value';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { asSystem, type Tables } from '../../storage/index.ts';
import type { AgentRequest } from '../agent-gate.ts';

/**
 * Remembers a key that an endpoint wants to have instead of its present one. Nothing changes before it is used; the same
 * offer again is as good as once, and another one takes its place.
 *
 * @throws HttpProblem 401 `bad-key-statement`, 403 `endpoint-quarantined`, 409 `key-taken`
 */
export async function offerKey(
  context: ServerContext,
  sender: AgentRequest,
  { statement, bootId }: { readonly statement: Envelope; readonly bootId: string },
): Promise<void> {
  const { endpointId, organisationId } = sender;
  const { publicKey } = openStatement(statement, sender);
  const keyid = keyThumbprint(publicKey);
  // Whose it is, is nobody's business.
  if (await isTaken(context, keyid, endpointId))
    throw new HttpProblem(409, 'key-taken', { detail: 'This key is or was in use.', hint: 'Make another one.' });
  await context.database.kysely.transaction().execute(async (within) => {
    await assertMayChange(within, sender, bootId);
    await sql`delete from endpoint_key
      where endpoint_id = ${endpointId} and retired_at is null and keyid <> ${keyid}`.execute(within);
    await sql`
      insert into endpoint_key (keyid, organisation_id, endpoint_id, public_key, offered_at)
      values (${keyid}, ${organisationId}, ${endpointId}, ${publicKey}, ${context.clock()})
      on conflict (keyid) do nothing`.execute(within);
  });
}

function openStatement(statement: Envelope, { endpointId, keyid }: AgentRequest): NewKeyStatement {
  try {
    // The key that has to have signed it is named in it: that it holds is what the signature shows.
    const claimed: unknown = JSON.parse(Buffer.from(statement.payload, 'base64').toString('utf8'));
    if (!Value.Check(NewKeyStatement, claimed)) throw badStatement();
    const trusted = new Map([[keyThumbprint(claimed.publicKey), verifyingKey(claimed.publicKey)]]);
    openEnvelope(statement, NEW_KEY_PAYLOAD_TYPE, trusted);
    if (claimed.endpointId !== endpointId || claimed.instead !== keyid) throw badStatement();
    return claimed;
  } catch (cause) {
    if (cause instanceof EnvelopeError || cause instanceof SyntaxError) throw badStatement(cause);
    throw cause;
  }
}

function badStatement(cause?: Error): HttpProblem {
  return new HttpProblem(401, 'bad-key-statement', {
    detail: 'The new key did not sign that it is for this endpoint and instead of its present key.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** In quarantine only the machine that a person chose may change the key. */
async function assertMayChange(within: Kysely<Tables>, { endpointId }: AgentRequest, bootId: string): Promise<void> {
  const { rows } = await sql<{ allowed: boolean }>`
    select quarantined_at is null or keeping_boot_id is not distinct from ${bootId} as allowed from endpoint
    where id = ${endpointId} for no key update`.execute(within);
  if (rows[0]?.allowed !== true)
    throw new HttpProblem(403, 'endpoint-quarantined', { detail: 'This endpoint is in quarantine.' });
}

/** By an endpoint of any organisation: no two ever share a key. */
async function isTaken({ database }: ServerContext, keyid: string, endpointId: string): Promise<boolean> {
  const { rows } = await asSystem(() =>
    sql`
      select 1 from endpoint where keyid = ${keyid}
      union all select 1 from endpoint_key
        where keyid = ${keyid} and (endpoint_id <> ${endpointId} or retired_at is not null)`.execute(database.kysely),
  );
  return rows.length > 0;
}
