import { hashSecret, newSecret } from './secrets.ts';
import { DEFAULT_ORGANISATION_ID, DEFAULT_PERSON_ID } from './tables.ts';
import type { AccessContext } from './context.ts';

const MINUTE_MS = 60_000;

/**
 * Makes a link's secret for the installation's administrator. Links that were never used and have ended go at the same
 * time.
 */
export async function createSignInLink({ database, clock, random, settings }: AccessContext): Promise<string> {
  const secret = newSecret('', random);
  const now = clock();
  await database.kysely.deleteFrom('sign_in_link').where('expires_at', '<', now).execute();
  await database.kysely
    .insertInto('sign_in_link')
    .values({
      secret_hash: hashSecret(secret),
      organisation_id: DEFAULT_ORGANISATION_ID,
      person_id: DEFAULT_PERSON_ID,
      created_at: now,
      expires_at: new Date(now.getTime() + settings.signInLinkMinutes * MINUTE_MS),
    })
    .execute();
  return secret;
}

/** Uses a link up: one statement, so that of two who come at once one gets in. */
export async function redeemSignInLink(
  { database, clock }: AccessContext,
  secret: string,
): Promise<{ readonly organisationId: string; readonly personId: string } | undefined> {
  const now = clock();
  const row = await database.kysely
    .updateTable('sign_in_link')
    .set({ used_at: now })
    .where('secret_hash', '=', hashSecret(secret))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['organisation_id', 'person_id'])
    .executeTakeFirst();
  return row === undefined ? undefined : { organisationId: row.organisation_id, personId: row.person_id };
}
