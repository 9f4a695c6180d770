import type { PasskeyAssertion } from '@thimble/protocol';
import type { FastifyRequest } from 'fastify';
import type { AccessContext } from '../context.ts';
import { verifyPasskey } from '../passkeys/passkey-assertion.ts';
import { guardAddress } from './guard-attempts.ts';
import { recordRefusal } from './refuse.ts';
import { assertOwnWayAllowed, readRules } from './rules.ts';
import type { SignedIn } from './sign-in.ts';

/**
 * A passkey is two factors by itself: it is there, and it has checked who holds it.
 *
 * @throws HttpProblem 401 `bad-passkey`; 403 `single-sign-on-only`; 409 `no-passkeys-here`; 429 `too-many-attempts`
 */
export async function signInByPasskey(
  context: AccessContext,
  request: FastifyRequest,
  assertion: PasskeyAssertion,
): Promise<SignedIn> {
  const attempt = await guardAddress(context, request);
  const holder = await verifyPasskey(context, request, assertion).catch(async (error: unknown) => {
    await recordRefusal(context, { way: 'passkey', address: request.ip });
    throw error;
  });
  await attempt.succeeded();
  assertOwnWayAllowed(await readRules(context, holder.organisationId));
  return { organisationId: holder.organisationId, personId: holder.personId, method: 'passkey' };
}
