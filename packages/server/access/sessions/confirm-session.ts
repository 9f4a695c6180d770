import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { hashSecret, newSecret } from '../secrets.ts';

/**
 * The person has proved to be there. The session gets another secret: who had learnt the old one stays behind.
 *
 * @returns the new secret and when the session ends; undefined: it has ended
 */
export async function confirmSession(
  { database, clock, random }: AccessContext,
  before: string,
): Promise<{ readonly secret: string; readonly expiresAt: Date } | undefined> {
  const secret = newSecret('', random);
  const { rows } = await sql<{ expires_at: Date }>`
    update session set secret_hash = ${hashSecret(secret)}, confirmed_at = ${clock()}
    where secret_hash = ${hashSecret(before)} returning expires_at`.execute(database.kysely);
  const [row] = rows;
  return row && { secret, expiresAt: row.expires_at };
}
