import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { decide, notApplicable, type Operator } from './decide.ts';
import { withdrawFrom } from './withdraw-from.ts';

/** What has not begun does not begin, and it ends when nothing is under way any more. @throws HttpProblem 409 `not-applicable` */
export async function cancel(context: ServerContext, operator: Operator, rolloutId: string): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout, now) => {
    if (rollout.cancelled_at !== null)
      throw notApplicable(
        `It is being cancelled already, by ${rollout.cancelled_by}; it ends when nothing is under way.`,
      );
    await sql`update rollout set cancelled_at = ${now}, cancelled_by = ${operator.name},
        explanation = ${`is being cancelled by ${operator.name}`} where id = ${rolloutId}`.execute(within);
    const summary = `${operator.name} cancelled ${rollout.name}`;
    await withdrawFrom(within, context, rollout);
    if (rollout.run_id !== null) return { kind: 'cancel-asked', ring: null, summary };
    // Its content is not even there.
    await sql`update rollout set state = 'cancelled', ended_at = ${now} where id = ${rolloutId}`.execute(within);
    return { kind: 'cancelled', ring: null, summary };
  });
}
