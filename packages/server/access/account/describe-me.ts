import type { Me } from '@thimble/protocol';
import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { listPasskeys } from '../passkeys/list-passkeys.ts';
import { readRules } from '../sign-in/rules.ts';
import { CONFIRMED_MS } from '../sign-in/step-up.ts';
import { readSession } from '../sessions/read-session.ts';
import type { Account } from './own-account.ts';

/** @param secret of the session that asks */
export async function describeMe(context: AccessContext, account: Account, secret: string): Promise<Me> {
  const { kysely } = context.database;
  const { personId, name, login, email } = account;
  const { rows } = await sql<{ changed_at: Date | null; confirmed_at: Date | null; codes: number }>`
    select (select changed_at from person_password where person_id = ${personId}) as changed_at,
      (select confirmed_at from person_totp where person_id = ${personId}) as confirmed_at,
      (select count(*)::int from recovery_code where person_id = ${personId} and used_at is null) as codes`.execute(
    kysely,
  );
  const providers = await sql<{ id: string; name: string }>`
    select distinct i.id, i.name from person_identity pi join identity_provider i on i.id = pi.provider_id
    where pi.person_id = ${personId} order by i.name`.execute(kysely);
  const session = await readSession(context, secret);
  const confirmedAt = session?.confirmedAt ?? new Date(0);
  return {
    id: personId,
    name,
    login,
    email,
    passwordChangedAt: rows[0]?.changed_at?.toISOString() ?? null,
    authenticatorSince: rows[0]?.confirmed_at?.toISOString() ?? null,
    recoveryCodesLeft: rows[0]?.codes ?? 0,
    passkeys: await listPasskeys(kysely, personId),
    providers: providers.rows,
    confirmedUntil: new Date(confirmedAt.getTime() + CONFIRMED_MS).toISOString(),
    rules: await readRules(context, account.organisationId),
  };
}
