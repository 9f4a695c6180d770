import type { ChangeMeRequest } from '@thimble/protocol';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import { claimLogin } from '../people/login-taken.ts';
import type { Principal } from '../principal.ts';
import type { Account } from './own-account.ts';

/** @throws HttpProblem 403 `not-permitted`; 409 `login-taken` */
export async function changeMe(
  { database, clock }: AccessContext,
  principal: Principal,
  { personId, organisationId, ...before }: Account,
  { name, login: given, email, organisationName }: ChangeMeRequest,
): Promise<void> {
  const login = given.toLowerCase();
  if (organisationName !== undefined && principal.permissions.get('organisation:write')?.kind !== 'all')
    throw new HttpProblem(403, 'not-permitted', { detail: 'You may not rename the organisation.' });
  const change = database.kysely.transaction();
  await claimLogin(login, () =>
    change.execute(async (within) => {
      await sql`
      update person set name = ${name.trim()}, login = ${login}, email = ${email === undefined ? before.email : email}
      where id = ${personId}`.execute(within);
      if (organisationName !== undefined)
        await sql`update organisation set name = ${organisationName.trim()} where id = ${organisationId}`.execute(
          within,
        );
      await appendEvidence(within, [
        {
          organisationId,
          at: clock(),
          kind: 'person-changed',
          actor: name.trim(),
          summary: `${before.name} is ${name.trim()} (${login}) from now on`,
          detail: { personId, login, before: { name: before.name, login: before.login } },
        },
      ]);
    }),
  );
}
