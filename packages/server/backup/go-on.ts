import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';

/**
 * More orders than any endpoint got since any backup, and far below 2^53 also after thousands of restores. Endpoints refuse orders
 * that are not newer than the newest they had (see discover/generations.ts, which catches up only with those that check in).
 */
const GENERATIONS_STEP = 1_000_000;

export interface OlderDatabase {
  readonly at: Date;
  /** Who goes on with it, and from what: for the evidence. */
  readonly actor: string;
  readonly summary: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Makes a database that is older than what endpoints and people have seen since one that can be gone on with: orders are newer than
 * any that was given, who was signed in signs in again, and the evidence says where it is not whole.
 */
export async function goOnFromOlder(
  within: Kysely<Tables>,
  { at, actor, summary, detail }: OlderDatabase,
): Promise<void> {
  await sql`update endpoint set generation = generation + ${GENERATIONS_STEP}`.execute(within);
  // A session that was ended after the backup was made would work again.
  await sql`delete from session`.execute(within);
  await sql`delete from sign_in_link`.execute(within);
  const { rows } = await sql<{ id: string }>`select id from organisation order by id`.execute(within);
  for (const { id: organisationId } of rows)
    await appendEvidence(within, [{ organisationId, at, kind: 'database-restored', actor, summary, detail }]);
}
