import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { hashPassword } from '../passwords/hash-password.ts';
import { passwordFault } from '../passwords/password-fault.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import type { Account } from './own-account.ts';
import { recordCredential } from './record-credential.ts';

/**
 * Sets or changes it. Every other session of the person ends: whoever changes a password may do so because somebody else
 * knows it.
 *
 * @param secret of the session that goes on
 * @throws HttpProblem 409 `no-login`; 422 `weak-password`
 */
export async function setPassword(
  context: AccessContext,
  account: Account,
  password: string,
  secret: string,
): Promise<void> {
  const { personId, organisationId, login, name, email } = account;
  if (login === null) throw new HttpProblem(409, 'no-login', { detail: 'A password needs a login: choose one first.' });
  const fault = passwordFault(password, [login, name, email ?? '']);
  if (fault !== undefined)
    throw new HttpProblem(422, 'weak-password', {
      detail: `This password is too easy to guess. ${fault}`,
      hint: 'Four or five words that have nothing to do with each other are long and easy to keep in mind.',
    });
  const hash = await hashPassword(password, context.random);
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    await sql`
      insert into person_password (person_id, organisation_id, hash, changed_at)
      values (${personId}, ${organisationId}, ${hash}, ${now})
      on conflict (person_id) do update set hash = excluded.hash, changed_at = excluded.changed_at`.execute(within);
    await endSessionsOf(within, context, personId, secret);
    await recordCredential(context, within, account, 'credential-added', 'a password');
  });
}
