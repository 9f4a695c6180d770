import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { decide, notApplicable, type Operator } from './decide.ts';
import { withdrawFrom } from './withdraw-from.ts';

/** Nothing new begins. What is past its point of no return goes on. @throws HttpProblem 409 `not-applicable` */
export async function halt(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  reason: string,
): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout, now) => {
    if (rollout.halted_at !== null)
      throw notApplicable(`It is halted already, by ${rollout.halted_by}: ${rollout.halted_why}`);
    if (rollout.state === 'preparing')
      throw notApplicable('Nothing has begun yet.', 'Cancel it, if it shall not begin.');
    await sql`update rollout set halted_at = ${now}, halted_by = ${operator.name}, halted_why = ${reason}, state = 'halted',
        explanation = ${`halted by ${operator.name}: ${reason}`} where id = ${rolloutId}`.execute(within);
    await withdrawFrom(within, context, rollout);
    return { kind: 'halted', ring: null, summary: `${operator.name} halted ${rollout.name}: ${reason}` };
  });
}

/** @throws HttpProblem 409 `not-applicable`: also while a ring goes back */
export async function resume(context: ServerContext, operator: Operator, rolloutId: string): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout) => {
    if (rollout.halted_at === null) throw notApplicable('It is not halted.');
    if (rollout.state === 'preparing')
      throw notApplicable('Nothing has begun yet.', 'Wait until its snapshot is made.');
    const back = await sql<{ name: string }>`select name from rollout_ring
      where rollout_id = ${rolloutId} and roll_back_at is not null`.execute(within);
    const [ring] = back.rows;
    if (ring !== undefined)
      throw notApplicable(`Its ring ${ring.name} goes back, so it can't go on.`, 'A new rollout takes what is good.');
    await sql`update rollout set halted_at = null, halted_by = null, halted_why = null, state = 'running',
        explanation = ${`resumed by ${operator.name}`} where id = ${rolloutId}`.execute(within);
    const summary = `${operator.name} resumed ${rollout.name}, which ${rollout.halted_by} had halted: ${rollout.halted_why}`;
    return { kind: 'resumed', ring: null, summary };
  });
}
