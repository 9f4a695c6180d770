import type { AccessContext } from './context.ts';
import { permissionsOf } from './permissions/permissions-of.ts';
import type { Principal } from './principal.ts';
import { hashSecret, newSecret } from './secrets.ts';

const HOUR_MS = 3_600_000;

export interface NewSession {
  readonly secret: string;
  readonly expiresAt: Date;
}

/** Starts a session; sessions that have ended go at the same time. */
export async function createSession(
  { database, clock, random, newId, settings }: AccessContext,
  person: { readonly organisationId: string; readonly personId: string },
): Promise<NewSession> {
  const secret = newSecret('', random);
  const now = clock();
  const expiresAt = new Date(now.getTime() + settings.sessionHours * HOUR_MS);
  await database.kysely.deleteFrom('session').where('expires_at', '<', now).execute();
  await database.kysely
    .insertInto('session')
    .values({
      id: newId(),
      secret_hash: hashSecret(secret),
      organisation_id: person.organisationId,
      person_id: person.personId,
      created_at: now,
      confirmed_at: now,
      last_seen_at: now,
      expires_at: expiresAt,
    })
    .execute();
  return { secret, expiresAt };
}

export async function findSession({ database, clock }: AccessContext, secret: string): Promise<Principal | undefined> {
  const row = await database.kysely
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .where('session.secret_hash', '=', hashSecret(secret))
    .where('session.expires_at', '>', clock())
    .select(['person.id', 'person.name', 'session.organisation_id', 'session.expires_at'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    kind: 'person',
    id: row.id,
    name: row.name,
    organisationId: row.organisation_id,
    personId: row.id,
    permissions: await permissionsOf(database.kysely, row.id, row.organisation_id),
    expiresAt: row.expires_at,
  };
}

export async function endSession({ database }: AccessContext, secret: string): Promise<void> {
  await database.kysely.deleteFrom('session').where('secret_hash', '=', hashSecret(secret)).execute();
}
