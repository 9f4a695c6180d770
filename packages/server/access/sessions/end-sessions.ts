import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { hashSecret } from '../secrets.ts';

export async function endSession({ database }: AccessContext, secret: string): Promise<void> {
  await sql`delete from session where secret_hash = ${hashSecret(secret)}`.execute(database.kysely);
}

/** @returns whether the person had it */
export async function endSessionById(within: Kysely<Tables>, personId: string, id: string): Promise<boolean> {
  const { rows } = await sql`delete from session where id = ${id} and person_id = ${personId} returning id`.execute(
    within,
  );
  return rows.length === 1;
}

/**
 * Ends all of a person.
 *
 * @param except The secret of one that goes on.
 * @returns how many there were
 */
export async function endSessionsOf(within: Kysely<Tables>, personId: string, except?: string): Promise<number> {
  const spared = except === undefined ? Buffer.alloc(0) : hashSecret(except);
  const { rows } = await sql`
    delete from session where person_id = ${personId} and secret_hash <> ${spared} returning id`.execute(within);
  return rows.length;
}
