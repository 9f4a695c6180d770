import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { proposeAuthenticator, removeAuthenticator, takeCode } from '../second-factor/authenticator.ts';
import { renewRecoveryCodes } from '../second-factor/recovery-codes.ts';
import { readRules } from '../sign-in/rules.ts';
import type { Account } from './own-account.ts';
import { recordCredential } from './record-credential.ts';

/** @throws HttpProblem 409 `has-authenticator` */
export async function newAuthenticator(context: AccessContext, account: Account) {
  const proposed = await proposeAuthenticator(context, account, account.login ?? account.name);
  if (proposed === 'has-one')
    throw new HttpProblem(409, 'has-authenticator', {
      detail: 'You have an authenticator app already.',
      hint: 'Remove it first.',
    });
  return proposed;
}

/**
 * From now on a password needs a code. Recovery codes come with it, for whoever loses the telephone.
 *
 * @throws HttpProblem 422 `bad-code`
 */
export async function confirmAuthenticator(
  context: AccessContext,
  account: Account,
  code: string,
): Promise<readonly string[]> {
  return context.database.kysely.transaction().execute(async (within) => {
    if (!(await takeCode(context, within, account.personId, code, 'proposed')))
      throw new HttpProblem(422, 'bad-code', {
        detail: 'This is not the code that the app shows now.',
        hint: 'Is the clock of the telephone right?',
      });
    const codes = await renewRecoveryCodes(context, within, account);
    await recordCredential(context, within, account, 'credential-added', 'an authenticator app, and recovery codes');
    return codes;
  });
}

/** @throws HttpProblem 409 `second-factor-needed` */
export async function dropAuthenticator(context: AccessContext, account: Account): Promise<void> {
  const { secondFactorRequired } = await readRules(context, account.organisationId);
  await context.database.kysely.transaction().execute(async (within) => {
    if (!(await removeAuthenticator(within, account.personId))) return;
    if (secondFactorRequired)
      throw new HttpProblem(409, 'second-factor-needed', { detail: 'Your organisation demands a second factor.' });
    await sql`delete from recovery_code where person_id = ${account.personId}`.execute(within);
    await recordCredential(context, within, account, 'credential-removed', 'the authenticator app');
  });
}

/** @throws HttpProblem 409 `no-authenticator` */
export async function newRecoveryCodes(context: AccessContext, account: Account): Promise<readonly string[]> {
  return context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql`
      select 1 from person_totp where person_id = ${account.personId} and confirmed_at is not null`.execute(within);
    if (rows.length === 0)
      throw new HttpProblem(409, 'no-authenticator', {
        detail: 'Recovery codes stand in for an authenticator app, and you have none.',
      });
    const codes = await renewRecoveryCodes(context, within, account);
    await recordCredential(context, within, account, 'credential-added', 'new recovery codes');
    return codes;
  });
}
