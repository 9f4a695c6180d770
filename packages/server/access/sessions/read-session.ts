import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { hashSecret } from '../secrets.ts';
import { idleSince } from './idle.ts';

/** Seldom enough that a busy page costs nothing, often enough for a list of sessions that people read. */
const SEEN_EVERY_MS = 60_000;

export interface OpenSession {
  readonly id: string;
  readonly personId: string;
  readonly organisationId: string;
  readonly name: string;
  readonly confirmedAt: Date;
  readonly expiresAt: Date;
}

/** The session of this secret; undefined: it has ended, was idle for too long, or its person was disabled. */
export async function readSession(
  { database, clock, settings }: AccessContext,
  secret: string,
): Promise<OpenSession | undefined> {
  const now = clock();
  const { rows } = await sql<{
    id: string;
    person_id: string;
    organisation_id: string;
    name: string;
    confirmed_at: Date;
    last_seen_at: Date;
    expires_at: Date;
  }>`
    select s.id, s.person_id, s.organisation_id, p.name, s.confirmed_at, s.last_seen_at, s.expires_at
    from session s join person p on p.id = s.person_id
    where s.secret_hash = ${hashSecret(secret)} and s.expires_at > ${now}
      and s.last_seen_at > ${idleSince(settings, now)} and p.disabled_at is null`.execute(database.kysely);
  const [row] = rows;
  if (row === undefined) return undefined;
  if (now.getTime() - row.last_seen_at.getTime() >= SEEN_EVERY_MS)
    await sql`update session set last_seen_at = ${now} where id = ${row.id} and last_seen_at < ${now}`.execute(
      database.kysely,
    );
  return {
    id: row.id,
    personId: row.person_id,
    organisationId: row.organisation_id,
    name: row.name,
    confirmedAt: row.confirmed_at,
    expiresAt: row.expires_at,
  };
}
