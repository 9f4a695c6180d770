import type { PersonSession, SignInMethod } from '@thimble/protocol';
import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { hashSecret } from '../secrets.ts';
import { idleSince } from './idle.ts';

/** @param current Secret of the one that asks. */
export async function listSessions(
  { database, clock, settings }: AccessContext,
  personId: string,
  current?: string,
): Promise<PersonSession[]> {
  const now = clock();
  const { rows } = await sql<{
    id: string;
    secret_hash: Buffer;
    method: SignInMethod;
    created_at: Date;
    last_seen_at: Date;
    expires_at: Date;
    address: string;
    user_agent: string;
  }>`
    select id, secret_hash, method, created_at, last_seen_at, expires_at, address, user_agent from session
    where person_id = ${personId} and expires_at > ${now} and last_seen_at > ${idleSince(settings, now)}
    order by last_seen_at desc limit 200`.execute(database.kysely);
  const own = current === undefined ? undefined : hashSecret(current);
  return rows.map((row) => ({
    id: row.id,
    method: row.method,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    address: row.address,
    userAgent: row.user_agent,
    current: own?.equals(row.secret_hash) ?? false,
  }));
}
