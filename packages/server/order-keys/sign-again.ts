import { HALT_PAYLOAD_TYPE, type OrderKey } from '@thimble/protocol';
import { signEnvelope, type SigningKey } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

/**
 * A stop holds until it is ended, and is told to every endpoint that enrols or comes back meanwhile: they believe it only from a key
 * that they know. What it says stays as it is, to the byte.
 *
 * @returns the organisations whose stop was signed again
 */
export async function signHaltsAgain(within: Kysely<Tables>, key: SigningKey): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string; organisation_id: string; payload: string }>`
    select id, organisation_id, payload from emergency_halt
    where state = 'in-force' and envelope is not null and envelope->'signatures'->0->>'keyid' <> ${key.keyid}
    order by organisation_id for update`.execute(within);
  for (const { id, organisation_id: organisationId, payload } of rows) {
    const envelope = signEnvelope(HALT_PAYLOAD_TYPE, Buffer.from(payload), [key]);
    await sql`update emergency_halt set envelope = ${JSON.stringify(envelope)}::jsonb
      where id = ${id} and organisation_id = ${organisationId}`.execute(within);
  }
  return rows.map(({ organisation_id: organisationId }) => organisationId);
}

/**
 * What no key of the list signed is accepted by nobody any more, so that it is over at once and asked for anew. An order that its
 * endpoint has begun is finished there all the same, and its outcome counts.
 */
export async function expireOrders(within: Kysely<Tables>, keys: readonly OrderKey[], at: Date): Promise<void> {
  const keyids = keys.map(({ keyid }) => keyid);
  await sql`
    update endpoint_order set expires_at = least(expires_at, ${at})
    where outcome_at is null and closed_at is null
      and envelope->'signatures'->0->>'keyid' <> all (${keyids}::text[])`.execute(within);
}
