import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { assertWayRemains } from './assert-way-remains.ts';
import type { Account } from './own-account.ts';
import { recordCredential } from './record-credential.ts';

/** @throws HttpProblem 404 `not-found`; 409 `last-way` */
export async function removePasskey(context: AccessContext, account: Account, passkeyId: string): Promise<void> {
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ name: string }>`
      delete from passkey where id = ${passkeyId} and person_id = ${account.personId} returning name`.execute(within);
    const [row] = rows;
    if (row === undefined) throw new HttpProblem(404, 'not-found', { detail: 'You have no such passkey.' });
    await assertWayRemains(within, account.personId);
    await recordCredential(context, within, account, 'credential-removed', `the passkey ${row.name}`, { passkeyId });
  });
}
