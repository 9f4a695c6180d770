import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** A person who may sign in, with what their password is compared with. */
export interface Signer {
  readonly personId: string;
  readonly organisationId: string;
  readonly name: string;
  readonly passwordHash: string | undefined;
  readonly hasAuthenticator: boolean;
}

export function findByLogin(kysely: Kysely<Tables>, login: string): Promise<Signer | undefined> {
  return find(kysely, 'login', login);
}

export function findById(kysely: Kysely<Tables>, personId: string): Promise<Signer | undefined> {
  return find(kysely, 'id', personId);
}

async function find(kysely: Kysely<Tables>, column: 'login' | 'id', value: string): Promise<Signer | undefined> {
  const { rows } = await sql<{
    id: string;
    organisation_id: string;
    name: string;
    hash: string | null;
    has_authenticator: boolean;
  }>`
    select p.id, p.organisation_id, p.name, w.hash, t.confirmed_at is not null as has_authenticator
    from person p
    left join person_password w on w.person_id = p.id
    left join person_totp t on t.person_id = p.id
    where ${sql.ref(`p.${column}`)} = ${value} and p.disabled_at is null`.execute(kysely);
  const [row] = rows;
  return (
    row && {
      personId: row.id,
      organisationId: row.organisation_id,
      name: row.name,
      passwordHash: row.hash ?? undefined,
      hasAuthenticator: row.has_authenticator,
    }
  );
}
