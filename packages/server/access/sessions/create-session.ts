import type { SignInMethod } from '@thimble/protocol';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import { hashSecret, newSecret } from '../secrets.ts';

const HOUR_MS = 3_600_000;

export interface NewSession {
  readonly secret: string;
  readonly expiresAt: Date;
}

export interface SessionOf {
  readonly organisationId: string;
  readonly personId: string;
  /** How the person proved who they are. */
  readonly method: SignInMethod;
  readonly address: string;
  readonly userAgent: string;
}

/**
 * Starts a session, and writes down that it did; sessions that have ended go at the same time.
 *
 * @throws HttpProblem 403 `disabled`
 */
export async function createSession(
  { database, clock, random, newId, settings }: AccessContext,
  { organisationId, personId, method, address, userAgent }: SessionOf,
): Promise<NewSession> {
  const secret = newSecret('', random);
  const now = clock();
  const id = newId();
  const expiresAt = new Date(now.getTime() + settings.sessionHours * HOUR_MS);
  await sql`delete from session where expires_at < ${now}`.execute(database.kysely);
  await database.kysely.transaction().execute(async (within) => {
    // The person's row is held: whoever disables them at this moment comes after, and ends this session too.
    const { rows } = await sql<{ name: string }>`
      update person set last_signed_in_at = ${now} where id = ${personId} and disabled_at is null returning name`.execute(
      within,
    );
    const [person] = rows;
    if (person === undefined) throw new HttpProblem(403, 'disabled', { detail: 'This account was disabled.' });
    await sql`
      insert into session (id, secret_hash, organisation_id, person_id, created_at, expires_at, method, confirmed_at,
        last_seen_at, address, user_agent)
      values (${id}, ${hashSecret(secret)}, ${organisationId}, ${personId}, ${now}, ${expiresAt}, ${method}, ${now},
        ${now}, ${address}, ${userAgent})`.execute(within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'signed-in',
        actor: person.name,
        summary: `${person.name} signed in (${method}) from ${address}`,
        detail: { personId, sessionId: id, method, address },
      },
    ]);
  });
  return { secret, expiresAt };
}
