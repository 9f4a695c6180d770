import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Any constant: with the organisation it makes the advisory lock under which records get their sequence. */
const LOCK = 0x6576_6964;

/** Until the transaction ends nobody else appends to the organisation's evidence. */
export async function lockLog(within: Kysely<Tables>, organisationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK}::int, hashtext(${organisationId}))`.execute(within);
}
