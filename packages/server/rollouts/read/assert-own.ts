import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { unknownRollout } from '../decide/decide.ts';

/** @throws HttpProblem 404: there is no such rollout, or it is another organisation's */
export async function assertOwn(within: Kysely<Tables>, organisationId: string, rolloutId: string): Promise<void> {
  const { rows } =
    await sql`select 1 from rollout where id = ${rolloutId} and organisation_id = ${organisationId}`.execute(within);
  if (rows.length === 0) throw unknownRollout();
}
