import { type Kysely, sql } from 'kysely';
import { type Reach, rolloutReachCondition } from '../../access/index.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';

/**
 * In the transaction that starts a rollout: who may act on some endpoints only starts none with others in it.
 *
 * @throws HttpProblem 403 `beyond-reach`
 */
export async function assertMembersWithinReach(within: Kysely<Tables>, reach: Reach, rolloutId: string): Promise<void> {
  const { rows } = await sql`
    select 1 from rollout o where o.id = ${rolloutId} and ${rolloutReachCondition(reach, sql`o.id`)}`.execute(within);
  if (rows.length > 0) return;
  throw new HttpProblem(403, 'beyond-reach', {
    detail: 'Your role is for some endpoints only, and this policy is for others, too.',
    hint: 'Somebody with the role for all endpoints can start it, or a policy whose scope has the same labels as your role.',
  });
}
