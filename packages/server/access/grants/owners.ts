import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';

/** Changes of who has which role happen one after another: two owners who remove each other must not both succeed. */
export async function lockGrants(within: Kysely<Tables>, organisationId: string): Promise<void> {
  await sql`select 1 from organisation where id = ${organisationId} for no key update`.execute(within);
}

/**
 * After a change that takes an owner away, in its transaction and under `lockGrants`. An owner for some endpoints, or one who
 * is shut out, is none.
 *
 * @throws HttpProblem 409 `last-owner`
 */
export async function assertOwnerRemains(within: Kysely<Tables>, organisationId: string): Promise<void> {
  const { rows } = await sql`
    select 1 from access_grant g join person p on p.id = g.person_id and p.disabled_at is null
    where g.organisation_id = ${organisationId} and g.role_id = 'owner' and g.labels is null limit 1`.execute(within);
  if (rows.length > 0) return;
  throw new HttpProblem(409, 'last-owner', {
    detail: 'This would leave the organisation without an owner.',
    hint: 'Make somebody else an owner first.',
  });
}
