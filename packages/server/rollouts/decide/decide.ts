import { type Kysely, sql } from 'kysely';
import type { Actor } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishDecision } from '../publish.ts';
import { type NewRolloutEvent, recordEvents } from '../record-event.ts';
import { readRollout, type RolloutRow } from '../rows.ts';

/** The one who decides. */
export type Operator = Actor;

/**
 * A person's decision about a rollout under way: what it changes, its evidence, and that the planner hears of it, in one transaction. No
 * plan is made meanwhile.
 *
 * @param change its result is the record of it
 * @throws HttpProblem 404; 409 `rollout-over`
 */
export async function decide(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  change: (within: Kysely<Tables>, rollout: RolloutRow, now: Date) => Promise<Omit<NewRolloutEvent, 'actor'>>,
): Promise<void> {
  await context.database.kysely.transaction().execute(async (within) => {
    const rollout = await readRollout(within, rolloutId, 'update');
    if (rollout === undefined || rollout.organisation_id !== operator.organisationId) throw unknownRollout();
    if (rollout.ended_at !== null)
      throw new HttpProblem(409, 'rollout-over', {
        detail: `${rollout.name} is over: ${rollout.state}.`,
        hint: 'What it installed can be undone endpoint by endpoint; a new rollout takes the next patches.',
      });
    const event = await change(within, rollout, context.clock());
    await publishDecision(context, rollout, within);
    await recordEvents(within, context, rollout, [{ actor: operator.name, ...event }]);
  });
}

export function unknownRollout(): HttpProblem {
  return new HttpProblem(404, 'unknown-rollout', { detail: 'There is no such rollout.' });
}

export function notApplicable(detail: string, hint?: string): HttpProblem {
  return new HttpProblem(409, 'not-applicable', { detail, ...(hint === undefined ? {} : { hint }) });
}

/** @throws HttpProblem 404 `unknown-ring` */
export async function ringNamed(
  within: Kysely<Tables>,
  rolloutId: string,
  name: string,
): Promise<{ readonly number: number; readonly opened: boolean; readonly passed: boolean }> {
  const { rows } = await sql<{ number: number; opened: boolean; passed: boolean }>`
    select number, opened_at is not null as opened, passed_at is not null as passed from rollout_ring
    where rollout_id = ${rolloutId} and name = ${name}`.execute(within);
  const [ring] = rows;
  if (ring === undefined)
    throw new HttpProblem(404, 'unknown-ring', { detail: `The rollout has no ring ${JSON.stringify(name)}.` });
  return ring;
}
