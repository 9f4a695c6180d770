import type { Person } from '@thimble/protocol';
import { type RawBuilder, sql } from 'kysely';
import type { AccessContext } from '../context.ts';

/** Far more than an organisation has; a limit all the same. */
const LIMIT = 10_000;

/** People who belong to an organisation. */
export async function listPeople(
  { database, clock }: AccessContext,
  organisationId: string,
  which: RawBuilder<unknown> = sql`true`,
): Promise<Person[]> {
  const { rows } = await sql<PersonRow>`
    select p.id, p.name, p.login, p.email, p.created_at, p.disabled_at,
      exists (select 1 from person_password w where w.person_id = p.id) as has_password,
      exists (select 1 from person_totp t where t.person_id = p.id and t.confirmed_at is not null) as has_authenticator,
      exists (select 1 from passkey k where k.person_id = p.id) as has_passkey,
      exists (select 1 from person_identity i where i.person_id = p.id) as has_identity,
      (select count(*)::int from session s where s.person_id = p.id and s.expires_at > ${clock()}) as session_count,
      p.last_signed_in_at
    from person p where p.organisation_id = ${organisationId} and ${which}
    order by lower(p.name), p.id limit ${LIMIT}`.execute(database.kysely);
  return rows.map(toPerson);
}

interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly login: string | null;
  readonly email: string | null;
  readonly created_at: Date;
  readonly disabled_at: Date | null;
  readonly last_signed_in_at: Date | null;
  readonly has_password: boolean;
  readonly has_authenticator: boolean;
  readonly has_passkey: boolean;
  readonly has_identity: boolean;
  readonly session_count: number;
}

function toPerson(row: PersonRow): Person {
  const ways: Person['ways'] = [];
  if (row.has_passkey) ways.push('passkey');
  if (row.has_password) ways.push('password');
  if (row.has_authenticator) ways.push('authenticator');
  if (row.has_identity) ways.push('single-sign-on');
  return {
    id: row.id,
    name: row.name,
    login: row.login,
    email: row.email,
    createdAt: row.created_at.toISOString(),
    disabledAt: row.disabled_at?.toISOString() ?? null,
    lastSignedInAt: row.last_signed_in_at?.toISOString() ?? null,
    ways,
    sessionCount: row.session_count,
  };
}
