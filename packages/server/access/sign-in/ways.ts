import type { SignInWays } from '@thimble/protocol';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { relyingPartyOf } from '../passkeys/relying-party.ts';
import { DEFAULT_ORGANISATION_ID } from '../tables.ts';

/**
 * What a sign-in page offers. An organisation's providers are named only to who knows its id: which clients there are is
 * nobody's business.
 */
export async function signInWays(
  context: AccessContext,
  request: FastifyRequest,
  organisationId = DEFAULT_ORGANISATION_ID,
): Promise<SignInWays> {
  const party = relyingPartyOf(request, context.publicUrl);
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from identity_provider where organisation_id = ${organisationId} and enabled order by name
    limit 100`.execute(context.database.kysely);
  return {
    passkey: party.kind === 'available' ? { rpId: party.rpId, why: null } : { rpId: null, why: party.why },
    providers: rows,
  };
}
