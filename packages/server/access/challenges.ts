import { sql } from 'kysely';
import type { AccessContext } from './context.ts';
import { hashSecret } from './secrets.ts';

/** What the server has asked somebody and waits to be answered. */
export type ChallengePurpose = 'passkey-sign-in' | 'passkey-registration' | 'second-factor' | 'single-sign-on';

export interface Challenge {
  readonly organisationId: string;
  readonly personId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Long enough to find a telephone, or to sign in elsewhere. */
export const CHALLENGE_MS = 10 * 60_000;

/** Keeps it in the database, since another replica may get the answer; those that nobody answered go at the same time. */
export async function keepChallenge(
  { database, clock }: AccessContext,
  purpose: ChallengePurpose,
  secret: string,
  { organisationId, personId, detail }: Challenge,
): Promise<void> {
  const now = clock();
  await sql`delete from sign_in_challenge where expires_at < ${now}`.execute(database.kysely);
  await sql`
    insert into sign_in_challenge (secret_hash, organisation_id, person_id, purpose, detail, expires_at)
    values (${hashSecret(secret)}, ${organisationId}, ${personId}, ${purpose}, ${JSON.stringify(detail)},
      ${new Date(now.getTime() + CHALLENGE_MS)})`.execute(database.kysely);
}

/** Uses it up: one statement, so that of two who answer at once one is heard. */
export async function takeChallenge(
  { database, clock }: AccessContext,
  purpose: ChallengePurpose,
  secret: string,
): Promise<Challenge | undefined> {
  const { rows } = await sql<Row>`
    delete from sign_in_challenge where secret_hash = ${hashSecret(secret)} and purpose = ${purpose}
      and expires_at > ${clock()} returning organisation_id, person_id, detail`.execute(database.kysely);
  return toChallenge(rows[0]);
}

/** Looks at it and counts the look; after `most` of them it is gone. For answers that may be mistyped. */
export async function tryChallenge(
  { database, clock }: AccessContext,
  purpose: ChallengePurpose,
  secret: string,
  most: number,
): Promise<Challenge | undefined> {
  const { rows } = await sql<Row>`
    update sign_in_challenge set tries = tries + 1 where secret_hash = ${hashSecret(secret)} and purpose = ${purpose}
      and expires_at > ${clock()} and tries < ${most} returning organisation_id, person_id, detail`.execute(
    database.kysely,
  );
  return toChallenge(rows[0]);
}

interface Row {
  readonly organisation_id: string;
  readonly person_id: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

function toChallenge(row: Row | undefined): Challenge | undefined {
  return row && { organisationId: row.organisation_id, personId: row.person_id, detail: row.detail };
}
