import type { AddPasskeyRequest, Passkey } from '@thimble/protocol';
import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Account } from '../account/own-account.ts';
import { recordCredential } from '../account/record-credential.ts';
import { CHALLENGE_MS, keepChallenge, takeChallenge } from '../challenges.ts';
import type { AccessContext } from '../context.ts';
import { newSecret } from '../secrets.ts';
import { clientChallenge } from './client-challenge.ts';
import { type PasskeyRow, toPasskey } from './list-passkeys.ts';
import { demandRelyingParty } from './relying-party.ts';

/** COSE algorithms (RFC 9053): Ed25519, ES256, RS256. Those that endpoints can check too, when they approve orders. */
const ALGORITHMS = [-8, -7, -257];
const PASSKEYS_LIMIT = 50;

/** Asks for a new passkey that can be found without a login and checks who holds it (by PIN, finger or face). */
export async function askForNewPasskey(context: AccessContext, request: FastifyRequest, account: Account) {
  const { rpId } = demandRelyingParty(request, context.publicUrl);
  const challenge = newSecret('', context.random);
  const { organisationId, personId } = account;
  await keepChallenge(context, 'passkey-registration', challenge, { organisationId, personId, detail: { rpId } });
  const { rows } = await sql<{ credential_id: string }>`
    select credential_id from passkey where person_id = ${personId}`.execute(context.database.kysely);
  return generateRegistrationOptions({
    rpName: 'Thimble',
    rpID: rpId,
    challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
    userID: Uint8Array.from(Buffer.from(personId)),
    userName: account.login ?? account.name,
    userDisplayName: account.name,
    attestationType: 'none',
    excludeCredentials: rows.map(({ credential_id: id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
    timeout: CHALLENGE_MS,
  });
}

/** @throws HttpProblem 409 `no-passkeys-here`, `known-passkey`, `too-many-passkeys`; 422 `bad-passkey` */
export async function addPasskey(
  context: AccessContext,
  request: FastifyRequest,
  account: Account,
  { name, attestation }: AddPasskeyRequest,
): Promise<Passkey> {
  const { rpId, origins } = demandRelyingParty(request, context.publicUrl);
  const challenge = clientChallenge(attestation.response.clientDataJSON);
  const asked = challenge === undefined ? undefined : await takeChallenge(context, 'passkey-registration', challenge);
  if (challenge === undefined || asked?.personId !== account.personId || asked.detail['rpId'] !== rpId)
    throw refused('The time for it is over: try again.');
  const { transports = [], ...response } = attestation.response;
  const result = await verifyRegistrationResponse({
    response: { ...attestation, response },
    expectedChallenge: challenge,
    expectedOrigin: [...origins],
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((cause: unknown) => {
    throw refused('What the authenticator answered does not hold.', cause);
  });
  if (!result.verified) throw refused('What the authenticator answered does not hold.');
  const { credential, credentialBackedUp } = result.registrationInfo;
  const now = context.clock();
  return context.database.kysely.transaction().execute(async (within) => {
    await assertRoom();
    const { rows } = await sql<PasskeyRow>`
      insert into passkey (id, organisation_id, person_id, name, rp_id, credential_id, public_key, sign_count, transports,
        backed_up, created_at)
      values (${context.newId()}, ${account.organisationId}, ${account.personId}, ${name}, ${rpId}, ${credential.id},
        ${Buffer.from(credential.publicKey)}, ${credential.counter}, ${transports}, ${credentialBackedUp}, ${now})
      on conflict (credential_id) do nothing
      returning id, name, rp_id, backed_up, created_at, last_used_at`.execute(within);
    const [row] = rows;
    if (row === undefined)
      throw new HttpProblem(409, 'known-passkey', { detail: 'This passkey is registered already.' });
    await recordCredential(context, within, account, 'credential-added', `the passkey ${name}`, { passkeyId: row.id });
    return toPasskey(row);

    async function assertRoom(): Promise<void> {
      const { rows: counted } = await sql<{ count: number }>`
        select count(*)::int as count from passkey where person_id = ${account.personId}`.execute(within);
      if ((counted[0]?.count ?? 0) >= PASSKEYS_LIMIT)
        throw new HttpProblem(409, 'too-many-passkeys', { detail: `A person has at most ${PASSKEYS_LIMIT} passkeys.` });
    }
  });
}

function refused(detail: string, cause?: unknown): HttpProblem {
  return new HttpProblem(422, 'bad-passkey', { detail: `The passkey was not added. ${detail}`, cause });
}
