import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Any constant: with the organisation it makes the advisory lock between those who decide by blocks and those who change them. */
const LOCK = 0x626c_6f63;

/**
 * Held until the transaction ends. Whoever takes it `shared` sees every block that is committed, and no new one commits before it
 * has ended; so an order with a blocked version is either not signed or found by the block. Take it before any row's lock.
 */
export async function lockBlocks(
  within: Kysely<Tables>,
  organisationId: string,
  mode: 'shared' | 'exclusive',
): Promise<void> {
  const lock = sql.raw(mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock');
  await sql`select ${lock}(${LOCK}::int, hashtext(${organisationId}))`.execute(within);
}

/** The same, shared, for a run's organisation, in one statement; for a run that there is not it locks nothing. */
export async function lockBlocksOfRun(within: Kysely<Tables>, runId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${LOCK}::int, hashtext(organisation_id::text)) from run
    where id = ${runId}`.execute(within);
}
