import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

/** Any constant: with the organisation it makes the advisory lock of policies ('poli' in ASCII). */
const LOCK = 0x706f_6c69;

/**
 * One change of an organisation's policies and calendars at a time: names are taken once, and no calendar goes while a policy comes to
 * name it. Held until the transaction ends.
 */
export async function lockPolicies(within: Kysely<Tables>, organisationId: string): Promise<void> {
  await lockPoliciesInOrder(within, [organisationId]);
}

/** The same of several, one after another in this order, in one statement: a provider may have a thousand clients. */
export async function lockPoliciesInOrder(within: Kysely<Tables>, organisationIds: readonly string[]): Promise<void> {
  // A volatile function is called after the rows are sorted.
  await sql`select pg_advisory_xact_lock(${LOCK}::int, hashtext(id))
    from unnest(${[...organisationIds]}::text[]) with ordinality as o (id, place) order by place`.execute(within);
}
