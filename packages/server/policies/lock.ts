import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

/** Any constant: with the organisation it makes the advisory lock of policies ('poli' in ASCII). */
const LOCK = 0x706f_6c69;

/**
 * One change of an organisation's policies and calendars at a time: names are taken once, and no calendar goes while a policy comes to
 * name it. Held until the transaction ends.
 */
export async function lockPolicies(within: Kysely<Tables>, organisationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK}::int, hashtext(${organisationId}))`.execute(within);
}
