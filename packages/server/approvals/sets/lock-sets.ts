import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** One change of an organisation's approvers, requests' grants or stops at a time, over all replicas, until the transaction ends. */
export async function lockSets(within: Kysely<Tables>, organisationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`approvers ${organisationId}`}, 0))`.execute(within);
}
