import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { hashSecret } from '../secrets.ts';

const CODES = 10;
/** Without letters and digits that are read as one another. */
const LETTERS = 'abcdefghjkmnpqrstvwxyz23456789';
const GROUPS = 4;
const GROUP_LETTERS = 5;

/** Makes ten, shown this once; those of before end. Each has 98 bits, so a plain digest of it is enough. */
export async function renewRecoveryCodes(
  { random }: Pick<AccessContext, 'random'>,
  within: Kysely<Tables>,
  { organisationId, personId }: { readonly organisationId: string; readonly personId: string },
): Promise<readonly string[]> {
  const codes = Array.from({ length: CODES }, () => newCode(random));
  await sql`delete from recovery_code where person_id = ${personId}`.execute(within);
  for (const code of codes)
    await sql`
      insert into recovery_code (code_hash, organisation_id, person_id)
      values (${hashSecret(bare(code))}, ${organisationId}, ${personId})`.execute(within);
  return codes;
}

/** Whether it was one of this person's that was not used: one statement, so that a code lets one in. */
export async function takeRecoveryCode(
  { clock }: Pick<AccessContext, 'clock'>,
  within: Kysely<Tables>,
  personId: string,
  code: string,
): Promise<boolean> {
  const { rows } = await sql`
    update recovery_code set used_at = ${clock()} where code_hash = ${hashSecret(bare(code))}
      and person_id = ${personId} and used_at is null returning 1`.execute(within);
  return rows.length === 1;
}

/** `abcde-fghjk-mnpqr-stvwx`. Bytes past the last whole multiple are thrown away, so that every letter is equally likely. */
function newCode(random: (sizeBytes: number) => Uint8Array): string {
  const letters: string[] = [];
  const fair = 256 - (256 % LETTERS.length);
  while (letters.length < GROUPS * GROUP_LETTERS)
    for (const byte of random(32)) if (byte < fair) letters.push(LETTERS.charAt(byte % LETTERS.length));
  return Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LETTERS, (group + 1) * GROUP_LETTERS).join(''),
  ).join('-');
}

function bare(code: string): string {
  return code.toLowerCase().replace(/[^a-z0-9]/g, '');
}
