import type { RotateOrderKeyRequest } from '@thimble/protocol';
import {
  generateSigningKey,
  KeyError,
  type SigningKey,
  signingKeyFromPem,
  signingKeyToPem,
} from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { SEALED_ORDER_KEY } from '../keys/index.ts';
import { asSystem, type Tables } from '../storage/index.ts';
import { appendList, lockLists } from './append-list.ts';
import { newestList } from './newest-list.ts';

/** More lists than any server makes in its life, so that a restored one is ahead of what endpoints say, and no endpoint uses the numbers up. */
const MOST_AHEAD = 100_000;

/**
 * Makes the key that signs from now on, and the list by which endpoints follow. All of it is one transaction: killed before its commit
 * nothing has happened, after it every server takes the key from under its seal. Unless the key before is revoked it counts beside the
 * new one for a while (see retire.ts), so that nothing under way is refused.
 *
 * @throws HttpProblem 409 `order-key-behind`, `rotation-under-way`; 422 `not-a-key`
 */
export async function rotateOrderKey(
  context: ServerContext,
  actor: string,
  { revoke, alsoSignedBy = [] }: RotateOrderKeyRequest,
): Promise<void> {
  const known = alsoSignedBy.map(readKey);
  const next = generateSigningKey();
  await asSystem(async () => {
    await context.database.kysely.transaction().execute(async (within) => {
      await lockLists(within);
      const before = await newestList(within);
      const { present } = context.orderKeys;
      if (before.keys[0]?.keyid !== present.keyid)
        throw new HttpProblem(409, 'order-key-behind', {
          detail: 'Another server replaced the order key just now, and this one has not taken it yet.',
          hint: 'Try again in a minute; when it stays so, the log of this server says why.',
        });
      if (before.keys.length > 1 && !revoke)
        throw new HttpProblem(409, 'rotation-under-way', {
          detail: `The key before still counts since ${before.issuedAt.toISOString()}: orders that it signed are under way.`,
          hint: 'It ends by itself within a day. A key that was stolen is replaced at once with --revoke.',
        });
      const sequence =
        Math.max(before.sequence, known.length === 0 ? 0 : await toldSequence(within, before.sequence)) + 1;
      await replaceKey(within, context, next, { actor, revoke });
      const { keyid, publicKey } = present;
      const which = revoke ? 'revoked, and what it signed counts no more' : 'replaced';
      await appendList(within, context, {
        sequence,
        keys: revoke ? [next] : [next, { keyid, publicKey }],
        signers: [present, ...known],
        record: {
          kind: 'order-key-rotated',
          actor,
          summary: `${actor}: the order key ${keyid.slice(0, 16)} was ${which}; ${next.keyid.slice(0, 16)} signs from now on`,
          detail: { keyid: next.keyid, before: keyid, revoked: revoke, list: sequence },
        },
      });
    });
    await context.orderKeys.refresh();
  });
}

async function replaceKey(
  within: Kysely<Tables>,
  { clock, secrets, defaultOrganisationId: organisationId }: ServerContext,
  next: SigningKey,
  { actor, revoke }: { readonly actor: string; readonly revoke: boolean },
): Promise<void> {
  const now = clock();
  await sql`
    update order_key set replaced_at = coalesce(replaced_at, ${now}), private_key_sealed = null,
      revoked = revoked or ${revoke}, retired_at = case when ${revoke} then coalesce(retired_at, ${now}) else retired_at end
    where organisation_id = ${organisationId}`.execute(within);
  await sql`
    insert into order_key (keyid, organisation_id, public_key, made_at, made_by, private_key_sealed)
    values (${next.keyid}, ${organisationId}, ${next.publicKey}, ${now}, ${actor},
      ${secrets.seal(SEALED_ORDER_KEY, signingKeyToPem(next))})`.execute(within);
  // By this a server of before there were lists sees that its key is another one.
  await sql`update server_setting set value = ${JSON.stringify(next.keyid)}::jsonb, updated_at = ${now}
    where organisation_id = ${organisationId} and name = 'order-key'`.execute(within);
}

async function toldSequence(within: Kysely<Tables>, own: number): Promise<number> {
  const { rows } = await sql<{ told: number | null }>`
    select max((held->>'orderKeysSequence')::bigint) as told from endpoint_trust`.execute(within);
  return Math.min(rows[0]?.told ?? 0, own + MOST_AHEAD);
}

/** @throws HttpProblem 422 */
function readKey(pem: string): SigningKey {
  try {
    return signingKeyFromPem(pem);
  } catch (cause) {
    if (!(cause instanceof KeyError)) throw cause;
    throw new HttpProblem(422, 'not-a-key', {
      detail: `A key that shall sign too can’t be used: ${cause.message}.`,
      cause,
    });
  }
}
