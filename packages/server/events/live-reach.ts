import type { LiveEvent } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Reach, reachCondition, rolloutReachCondition, runReachCondition } from '../access/index.ts';
import type { Tables } from '../storage/index.ts';

/** Whether an event is for a reader who sees some endpoints only. What names none says nothing that they may not know. */
export async function isWithinReach(
  kysely: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  event: LiveEvent,
): Promise<boolean> {
  if (reach.kind === 'all') return true;
  switch (event.kind) {
    case 'endpoint-changed':
    case 'progress': {
      const { rows } = await sql`
        select 1 from endpoint e where e.id = ${event.endpointId} and e.organisation_id = ${organisationId}
          and ${reachCondition(reach, sql`e.labels`)}`.execute(kysely);
      return rows.length > 0;
    }
    case 'run-changed': {
      const { rows } = await sql`
        select 1 from run r where r.id = ${event.runId} and r.organisation_id = ${organisationId}
          and ${runReachCondition(reach, sql`r.id`)}`.execute(kysely);
      return rows.length > 0;
    }
    case 'rollout-changed': {
      const { rows } = await sql`
        select 1 from rollout o where o.id = ${event.rolloutId} and o.organisation_id = ${organisationId}
          and ${rolloutReachCondition(reach, sql`o.id`)}`.execute(kysely);
      return rows.length > 0;
    }
    case 'resync':
    case 'policies-changed':
    case 'feed-changed':
      return true;
    // Whoever sees some endpoints only can't fetch what these are about.
    default:
      return false;
  }
}
