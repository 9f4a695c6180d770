import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { assertWayRemains } from './assert-way-remains.ts';
import type { Account } from './own-account.ts';
import { recordCredential } from './record-credential.ts';

/**
 * The provider does not sign the person in any more. It is not recognised by their login again: only who never came is.
 *
 * @throws HttpProblem 404 `not-found`; 409 `last-way`
 */
export async function unlinkIdentity(context: AccessContext, account: Account, providerId: string): Promise<void> {
  const { personId } = account;
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ name: string }>`
      delete from person_identity i using identity_provider o
      where o.id = i.provider_id and i.provider_id = ${providerId} and i.person_id = ${personId}
      returning o.name`.execute(within);
    const [row] = rows;
    if (row === undefined) throw new HttpProblem(404, 'not-found', { detail: 'This provider does not sign you in.' });
    await assertWayRemains(within, personId);
    await recordCredential(context, within, account, 'credential-removed', `single sign-on by ${row.name}`, {
      providerId,
    });
  });
}
