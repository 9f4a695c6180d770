import type { PasswordSignInRequest, SecondFactorRequest, SignInMethod } from '@thimble/protocol';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import { keepChallenge, takeChallenge, tryChallenge } from '../challenges.ts';
import type { AccessContext } from '../context.ts';
import { verifyPassword } from '../passwords/hash-password.ts';
import { createQueue } from '../passwords/one-at-a-time.ts';
import { takeCode } from '../second-factor/authenticator.ts';
import { takeRecoveryCode } from '../second-factor/recovery-codes.ts';
import { newSecret } from '../secrets.ts';
import { type Signer, findById, findByLogin } from './find-person.ts';
import { guardLogin } from './guard-attempts.ts';
import { badCredentials, recordRefusal } from './refuse.ts';
import { assertOwnWayAllowed, readRules } from './rules.ts';
import type { SignedIn } from './sign-in.ts';

/** Wrong codes with one right password; then the password has to be given again. */
const TRIES = 5;
const inTurn = createQueue();

export type PasswordStep =
  | { readonly kind: 'signed-in'; readonly who: SignedIn }
  | { readonly kind: 'second-factor'; readonly ticket: string };

/**
 * The first step. Nothing but the right password tells whether the login exists: not the reply, not the time, not the
 * evidence, not the limit of tries.
 *
 * @throws HttpProblem 401 `bad-credentials`; 403 `single-sign-on-only`, `second-factor-needed`; 429 `too-many-attempts`; 503 `busy`
 */
export async function signInByPassword(
  context: AccessContext,
  request: FastifyRequest,
  { login: given, password }: PasswordSignInRequest,
): Promise<PasswordStep> {
  const login = given.trim().toLowerCase();
  const attempt = await guardLogin(context, request, login);
  const person = await findByLogin(context.database.kysely, login);
  const isRight = await inTurn(() => verifyPassword(password, person?.passwordHash));
  if (!isRight || person === undefined) {
    await recordRefusal(context, { person, way: 'password', address: request.ip });
    throw badCredentials();
  }
  const rules = await readRules(context, person.organisationId);
  assertOwnWayAllowed(rules);
  if (person.hasAuthenticator) {
    await attempt.rightSoFar();
    const ticket = newSecret('', context.random);
    await keepChallenge(context, 'second-factor', ticket, { ...person, detail: { login } });
    return { kind: 'second-factor', ticket };
  }
  await attempt.succeeded();
  if (rules.secondFactorRequired)
    throw new HttpProblem(403, 'second-factor-needed', {
      detail: 'Your organisation demands a second factor, and you have none.',
      hint: 'Sign in by passkey, or ask an administrator for a link and add an authenticator app.',
    });
  return { kind: 'signed-in', who: signedIn(person, 'password') };
}

/**
 * The second step, with the ticket of the first.
 *
 * @throws HttpProblem 401 `bad-ticket`, `bad-code`; 429 `too-many-attempts`
 */
export async function signInBySecondFactor(
  context: AccessContext,
  request: FastifyRequest,
  { ticket, factor }: SecondFactorRequest,
): Promise<SignedIn> {
  const challenge = await tryChallenge(context, 'second-factor', ticket, TRIES);
  const login = challenge?.detail['login'];
  const person = challenge?.personId == null ? undefined : await findById(context.database.kysely, challenge.personId);
  if (person === undefined || typeof login !== 'string')
    throw new HttpProblem(401, 'bad-ticket', {
      detail: 'Too much time has passed, or there were too many tries.',
      hint: 'Give login and password again.',
    });
  const attempt = await guardLogin(context, request, login);
  const { kysely } = context.database;
  const isRight = await kysely
    .transaction()
    .execute((within) =>
      factor.kind === 'code'
        ? takeCode(context, within, person.personId, factor.code, 'confirmed')
        : takeRecoveryCode(context, within, person.personId, factor.code),
    );
  if (!isRight) {
    await recordRefusal(context, { person, way: factor.kind, address: request.ip });
    throw new HttpProblem(401, 'bad-code', {
      detail: 'This code is not right, or was used before.',
      hint: 'A code of the app is good for half a minute and for one sign-in: wait for the next one.',
    });
  }
  // Of two right answers to one ticket, such as two recovery codes, one gets in.
  if ((await takeChallenge(context, 'second-factor', ticket)) === undefined) throw badCredentials();
  await attempt.succeeded();
  return signedIn(person, factor.kind === 'code' ? 'password-and-code' : 'password-and-recovery-code');
}

/** For a person who is signed in: whether the password is theirs. */
export async function isOwnPassword(
  context: AccessContext,
  request: FastifyRequest,
  personId: string,
  password: string,
): Promise<boolean> {
  const attempt = await guardLogin(context, request, `confirm:${personId}`);
  const person = await findById(context.database.kysely, personId);
  const isRight = await inTurn(() => verifyPassword(password, person?.passwordHash));
  if (isRight) await attempt.succeeded();
  return isRight;
}

function signedIn({ organisationId, personId }: Signer, method: SignInMethod): SignedIn {
  return { organisationId, personId, method };
}
