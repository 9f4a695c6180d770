import { sql } from 'kysely';
import { assertOtherEyes } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { proposalsOf } from '../proposals-of.ts';
import { decide, notApplicable, type Operator, ringNamed } from './decide.ts';

/** The ring counts as passed although its gate is not open: on a person's word, which is kept. @throws HttpProblem 403 `four-eyes`; 404, 409 */
export async function skipGate(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  { ring: name, reason }: { readonly ring: string; readonly reason: string },
): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout) => {
    await assertOtherEyes(context, within, operator, proposalsOf(rollout));
    const ring = await ringNamed(within, rolloutId, name);
    if (ring.passed) throw notApplicable(`The ring ${name} has passed its gate already.`);
    if (!ring.opened) throw notApplicable(`The ring ${name} has not begun, so there is no gate to pass yet.`);
    await sql`update rollout_ring set skipped_by = ${operator.name}, skipped_why = ${reason}
      where rollout_id = ${rolloutId} and number = ${ring.number} and skipped_by is null`.execute(within);
    const summary = `${operator.name} passed the gate of ring ${name} of ${rollout.name} by hand: ${reason}`;
    return { kind: 'gate-skipped', ring: ring.number, summary };
  });
}
