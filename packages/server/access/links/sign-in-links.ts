import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { vouchesFor } from '../grants/vouches-for.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import { readRules } from '../sign-in/rules.ts';
import { DEFAULT_ORGANISATION_ID, DEFAULT_PERSON_ID } from '../tables.ts';

const MINUTE_MS = 60_000;

interface LinkOf {
  readonly organisationId: string;
  readonly personId: string;
  /** Who vouches for it; left out: the server itself. */
  readonly madeBy?: string | null;
  /** Left out: as the setting says. */
  readonly minutes?: number;
}

const FIRST_PERSON: LinkOf = { organisationId: DEFAULT_ORGANISATION_ID, personId: DEFAULT_PERSON_ID };

/** Makes a link's secret, by default for who set up the server. Links that were never used and have ended go at the same time. */
export async function createSignInLink(
  { database, clock, random, settings }: Pick<AccessContext, 'database' | 'clock' | 'random' | 'settings'>,
  { organisationId, personId, madeBy = null, minutes = settings.signInLinkMinutes }: LinkOf = FIRST_PERSON,
  within: Kysely<Tables> = database.kysely,
): Promise<string> {
  const secret = newSecret('', random);
  const now = clock();
  await sql`delete from sign_in_link where expires_at < ${now}`.execute(within);
  await sql`
    insert into sign_in_link (secret_hash, organisation_id, person_id, created_at, expires_at, made_by)
    values (${hashSecret(secret)}, ${organisationId}, ${personId}, ${now},
      ${new Date(now.getTime() + minutes * MINUTE_MS)}, ${madeBy})`.execute(within);
  return secret;
}

/**
 * Uses a link up: one statement, so that of two who come at once one gets in. One that a person made lets in nobody who may
 * do more than its maker may now: else who invites a colleague could be them when they have become an owner.
 */
export async function redeemSignInLink(
  context: AccessContext,
  secret: string,
): Promise<{ readonly organisationId: string; readonly personId: string } | undefined> {
  const { database, clock } = context;
  const now = clock();
  const { rows } = await sql<{ organisationId: string; personId: string; madeBy: string | null }>`
    update sign_in_link l set used_at = ${now} from person p
    where l.secret_hash = ${hashSecret(secret)} and l.used_at is null and l.expires_at > ${now}
      and p.id = l.person_id and p.disabled_at is null
    returning l.organisation_id as "organisationId", l.person_id as "personId", l.made_by as "madeBy"`.execute(
    database.kysely,
  );
  const [link] = rows;
  if (link === undefined) return undefined;
  const { organisationId, personId, madeBy } = link;
  if (madeBy !== null) {
    const { singleSignOnOnly } = await readRules(context, organisationId);
    if (singleSignOnOnly || !(await vouchesFor(context, 'people:write', madeBy, link))) return undefined;
  }
  return { organisationId, personId };
}
