import { type RawBuilder, sql } from 'kysely';
import type { Reach } from './reach.ts';

/** Whether an endpoint is within reach, as a condition on its labels. */
export function reachCondition(reach: Reach, labels: RawBuilder<unknown>): RawBuilder<unknown> {
  if (reach.kind === 'all') return sql`true`;
  if (reach.anyOf.length === 0) return sql`false`;
  const each = reach.anyOf.map((wanted) => sql`${labels} @> ${JSON.stringify(wanted)}::jsonb`);
  return sql`(${sql.join(each, sql` or `)})`;
}

/** Whether an endpoint is within reach, as a condition on its id; where all are, nothing is looked up. */
export function endpointReachCondition(reach: Reach, endpointId: RawBuilder<unknown>): RawBuilder<unknown> {
  if (reach.kind === 'all') return sql`true`;
  return sql`exists (
    select 1 from endpoint reached where reached.id = ${endpointId} and ${reachCondition(reach, sql`reached.labels`)})`;
}

/**
 * Whether all endpoints of a run are within reach, as a condition on its id: also those that its rollout brings into it later, ring
 * by ring, as its name and its state are about them, too.
 */
export function runReachCondition(reach: Reach, runId: RawBuilder<unknown>): RawBuilder<unknown> {
  if (reach.kind === 'all') return sql`true`;
  return sql`not exists (
    select 1 from run_target t join endpoint e on e.id = t.endpoint_id
    where t.run_id = ${runId} and not ${reachCondition(reach, sql`e.labels`)})
    and not exists (
      select 1 from run whole join rollout_member m on m.rollout_id = whole.rollout_id
      join endpoint e on e.id = m.endpoint_id
      where whole.id = ${runId} and not ${reachCondition(reach, sql`e.labels`)})`;
}

/** Whether all members of a rollout are within reach, as a condition on its id. */
export function rolloutReachCondition(reach: Reach, rolloutId: RawBuilder<unknown>): RawBuilder<unknown> {
  if (reach.kind === 'all') return sql`true`;
  return sql`not exists (
    select 1 from rollout_member m join endpoint e on e.id = m.endpoint_id
    where m.rollout_id = ${rolloutId} and not ${reachCondition(reach, sql`e.labels`)})`;
}
