import { type Kysely, sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';

const PURPOSE = 'person_totp.secret_sealed';
/** RFC 4226 section 4, R6, recommends 160 bits. */
const SECRET_BYTES = 20;
const PERIOD_S = 30;
/** RFC 6238 section 5.2: one step to either side, for clocks that differ and people who type. */
const WINDOW = 1;

type Account = { readonly organisationId: string; readonly personId: string };

/** A new secret that counts for nothing until a code of it was given. One that counts already stays until then. */
export async function proposeAuthenticator(
  { database, clock, random, secrets }: AccessContext,
  { organisationId, personId }: Account,
  label: string,
): Promise<{ readonly secret: string; readonly uri: string } | 'has-one'> {
  const totp = totpOf(random(SECRET_BYTES), label);
  const sealed = secrets.seal(PURPOSE, Buffer.from(totp.secret.bytes));
  const { rows } = await sql`
    insert into person_totp (person_id, organisation_id, secret_sealed, created_at)
    values (${personId}, ${organisationId}, ${sealed}, ${clock()})
    on conflict (person_id) do update set secret_sealed = excluded.secret_sealed, created_at = excluded.created_at, last_step = 0
      where person_totp.confirmed_at is null
    returning person_id`.execute(database.kysely);
  if (rows.length === 0) return 'has-one';
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/**
 * Whether the code is right, and was not used before (RFC 6238 section 5.2: each step is good once).
 *
 * @param state `confirmed`: for signing in; `proposed`: for the first code of a new secret, which it also confirms
 */
export async function takeCode(
  { clock, secrets }: Pick<AccessContext, 'clock' | 'secrets'>,
  within: Kysely<Tables>,
  personId: string,
  code: string,
  state: 'confirmed' | 'proposed',
): Promise<boolean> {
  const now = clock();
  const { rows } = await sql<{ secret_sealed: Buffer; last_step: number; confirmed_at: Date | null }>`
    select secret_sealed, last_step, confirmed_at from person_totp where person_id = ${personId} for update`.execute(
    within,
  );
  const [row] = rows;
  if (row === undefined || (row.confirmed_at === null) !== (state === 'proposed')) return false;
  const totp = totpOf(secrets.open(PURPOSE, row.secret_sealed), '');
  const delta = totp.validate({ token: code.replaceAll(' ', ''), timestamp: now.getTime(), window: WINDOW });
  if (delta === null) return false;
  const step = Math.floor(now.getTime() / 1000 / PERIOD_S) + delta;
  if (step <= row.last_step) return false;
  await sql`
    update person_totp set last_step = ${step}, confirmed_at = coalesce(confirmed_at, ${now})
    where person_id = ${personId}`.execute(within);
  return true;
}

export async function removeAuthenticator(within: Kysely<Tables>, personId: string): Promise<boolean> {
  const { rows } = await sql<{ confirmed_at: Date | null }>`
    delete from person_totp where person_id = ${personId} returning confirmed_at`.execute(within);
  return rows[0] !== undefined && rows[0].confirmed_at !== null;
}

/** SHA-1, six digits, thirty seconds: what every app can do. */
function totpOf(secret: Uint8Array, label: string): TOTP {
  const bytes = Uint8Array.from(secret);
  return new TOTP({ issuer: 'Thimble', label, period: PERIOD_S, secret: new Secret({ buffer: bytes.buffer }) });
}
