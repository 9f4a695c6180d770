import type { PasskeyAssertion } from '@thimble/protocol';
import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { CHALLENGE_MS, keepChallenge, takeChallenge } from '../challenges.ts';
import type { AccessContext } from '../context.ts';
import { newSecret } from '../secrets.ts';
import { DEFAULT_ORGANISATION_ID } from '../tables.ts';
import { clientChallenge } from './client-challenge.ts';
import { demandRelyingParty } from './relying-party.ts';

/** Asks for any passkey of this host: which person it is, the authenticator tells. */
export async function askForPasskey(context: AccessContext, request: FastifyRequest) {
  const { rpId } = demandRelyingParty(request, context.publicUrl);
  const challenge = newSecret('', context.random);
  await keepChallenge(context, 'passkey-sign-in', challenge, {
    organisationId: request.principal?.organisationId ?? DEFAULT_ORGANISATION_ID,
    personId: null,
    detail: { rpId },
  });
  return generateAuthenticationOptions({
    rpID: rpId,
    challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
    userVerification: 'required',
    timeout: CHALLENGE_MS,
  });
}

export interface PasskeyHolder {
  readonly organisationId: string;
  readonly personId: string;
  readonly name: string;
}

/**
 * Whose passkey answered. The challenge is used up by it, right or wrong.
 *
 * @throws HttpProblem 401 `bad-passkey`; 409 `no-passkeys-here`
 */
export async function verifyPasskey(
  context: AccessContext,
  request: FastifyRequest,
  assertion: PasskeyAssertion,
): Promise<PasskeyHolder> {
  const { rpId, origins } = demandRelyingParty(request, context.publicUrl);
  const challenge = clientChallenge(assertion.response.clientDataJSON);
  const asked = challenge === undefined ? undefined : await takeChallenge(context, 'passkey-sign-in', challenge);
  if (challenge === undefined || asked === undefined || asked.detail['rpId'] !== rpId)
    throw badPasskey('The time for it is over: try again.');
  const passkey = await findPasskey(context, assertion.id);
  if (passkey === undefined) throw badPasskey('This server does not know this passkey.');
  const { userHandle } = assertion.response;
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString('utf8') !== passkey.person_id)
    throw badPasskey('It is of another person.');
  const result = await verifyAuthenticationResponse({
    response: assertion,
    expectedChallenge: challenge,
    expectedOrigin: [...origins],
    expectedRPID: rpId,
    credential: { id: assertion.id, publicKey: Uint8Array.from(passkey.public_key), counter: passkey.sign_count },
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw badPasskey('Its signature does not hold.', cause);
  });
  if (!result.verified) throw badPasskey('Its signature does not hold.');
  const { newCounter, credentialBackedUp } = result.authenticationInfo;
  await sql`
    update passkey set sign_count = ${newCounter}, backed_up = ${credentialBackedUp}, last_used_at = ${context.clock()}
    where id = ${passkey.id}`.execute(context.database.kysely);
  return { organisationId: passkey.organisation_id, personId: passkey.person_id, name: passkey.name };
}

async function findPasskey({ database }: AccessContext, credentialId: string) {
  const { rows } = await sql<{
    id: string;
    organisation_id: string;
    person_id: string;
    name: string;
    public_key: Buffer;
    sign_count: number;
  }>`
    select k.id, p.organisation_id, k.person_id, p.name, k.public_key, k.sign_count from passkey k
    join person p on p.id = k.person_id
    where k.credential_id = ${credentialId} and p.disabled_at is null`.execute(database.kysely);
  return rows[0];
}

function badPasskey(detail: string, cause?: unknown): HttpProblem {
  return new HttpProblem(401, 'bad-passkey', {
    detail: `This passkey does not sign you in. ${detail}`,
    hint: 'Try again, or sign in another way.',
    cause,
  });
}
