import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import { DEFAULT_ORGANISATION_ID, DEFAULT_PERSON_ID } from '../tables.ts';

const MINUTE_MS = 60_000;

interface LinkOf {
  readonly organisationId: string;
  readonly personId: string;
  /** Left out: as the setting says. */
  readonly minutes?: number;
}

const FIRST_PERSON: LinkOf = { organisationId: DEFAULT_ORGANISATION_ID, personId: DEFAULT_PERSON_ID };

/** Makes a link's secret, by default for who set up the server. Links that were never used and have ended go at the same time. */
export async function createSignInLink(
  { database, clock, random, settings }: Pick<AccessContext, 'database' | 'clock' | 'random' | 'settings'>,
  { organisationId, personId, minutes = settings.signInLinkMinutes }: LinkOf = FIRST_PERSON,
): Promise<string> {
  const secret = newSecret('', random);
  const now = clock();
  await sql`delete from sign_in_link where expires_at < ${now}`.execute(database.kysely);
  await sql`
    insert into sign_in_link (secret_hash, organisation_id, person_id, created_at, expires_at)
    values (${hashSecret(secret)}, ${organisationId}, ${personId}, ${now},
      ${new Date(now.getTime() + minutes * MINUTE_MS)})`.execute(database.kysely);
  return secret;
}

/** Uses a link up: one statement, so that of two who come at once one gets in. */
export async function redeemSignInLink(
  { database, clock }: AccessContext,
  secret: string,
): Promise<{ readonly organisationId: string; readonly personId: string } | undefined> {
  const now = clock();
  const { rows } = await sql<{ organisation_id: string; person_id: string }>`
    update sign_in_link l set used_at = ${now} from person p
    where l.secret_hash = ${hashSecret(secret)} and l.used_at is null and l.expires_at > ${now}
      and p.id = l.person_id and p.disabled_at is null
    returning l.organisation_id, l.person_id`.execute(database.kysely);
  const [row] = rows;
  return row && { organisationId: row.organisation_id, personId: row.person_id };
}
