import type { Interval } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Endpoints of a zone whose installation is planned to begin then. */
export interface PlannedStarts {
  readonly policyId: string;
  /** The window's name. */
  readonly window: string;
  readonly timeZone: string;
  readonly startMs: number;
  readonly count: number;
}

/** Of rollouts under way, by policy. What a rollout that has not come so far will do is not known yet. */
export async function plannedStarts(
  within: Kysely<Tables>,
  organisationId: string,
  { startMs, endMs }: Interval,
): Promise<ReadonlyMap<string, readonly PlannedStarts[]>> {
  const { rows } = await sql<PlannedStarts>`
    select r.policy_id as "policyId", m.slot->'window'->>'name' as window, m.time_zone as "timeZone",
      (m.slot->>'startMs')::float8 as "startMs", count(*) as count
    from rollout r join rollout_member m on m.rollout_id = r.id
    where r.organisation_id = ${organisationId} and r.ended_at is null and m.outcome in ('waiting', 'offline')
      and (m.slot->>'startMs')::float8 >= ${startMs}::float8 and (m.slot->>'startMs')::float8 < ${endMs}::float8
    group by 1, 2, 3, 4`.execute(within);
  return Map.groupBy(rows, ({ policyId }) => policyId);
}
