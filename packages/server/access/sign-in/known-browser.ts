import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { readBrowserCookie, setBrowserCookie } from '../cookie.ts';
import { hashSecret, newSecret } from '../secrets.ts';

const KNOWN_MS = 180 * 24 * 3_600_000;

/**
 * Remembers that this person signed in here. Strangers' failures slow down the login everywhere else, but not here: so
 * they can't keep anybody out (OWASP, Slow Down Online Guessing Attacks with Device Cookies).
 */
export async function rememberBrowser(
  { database, clock, random }: AccessContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { organisationId, personId }: { readonly organisationId: string; readonly personId: string },
): Promise<void> {
  const secret = readBrowserCookie(request) ?? newSecret('', random);
  const now = clock();
  await sql`delete from known_browser where last_used_at < ${new Date(now.getTime() - KNOWN_MS)}`.execute(
    database.kysely,
  );
  await sql`
    insert into known_browser (secret_hash, person_id, organisation_id, last_used_at)
    values (${hashSecret(secret)}, ${personId}, ${organisationId}, ${now})
    on conflict (secret_hash, person_id) do update set last_used_at = excluded.last_used_at`.execute(database.kysely);
  setBrowserCookie(request, reply, secret, new Date(now.getTime() + KNOWN_MS));
}

/** A name for this browser when its person is the one with this login; undefined: nobody with it signed in here. */
export async function knownBrowserOf(
  { database }: AccessContext,
  request: FastifyRequest,
  login: string,
): Promise<string | undefined> {
  const secret = readBrowserCookie(request);
  if (secret === undefined) return undefined;
  const { rows } = await sql<{ name: string }>`
    select encode(b.secret_hash, 'hex') || ':' || b.person_id as name from known_browser b
    join person p on p.id = b.person_id where b.secret_hash = ${hashSecret(secret)} and p.login = ${login}`.execute(
    database.kysely,
  );
  return rows[0]?.name;
}
