import type { Assignment } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { RolloutRow } from '../rows.ts';
import type { KnownPlan } from './memory.ts';
import { memberText, type MemberReport } from './member-report.ts';

interface Row extends MemberReport {
  readonly ring: number;
}

/** The plan in force, from the members that it was written to: for a server that did not make it, or was started since. */
export async function readPlan(within: Kysely<Tables>, rollout: RolloutRow): Promise<KnownPlan | undefined> {
  const { id: rolloutId, plan_id: id } = rollout;
  if (id === null) return undefined;
  const made = await sql<{ made_at: Date }>`select made_at from rollout_plan where id = ${id}`.execute(within);
  const { rows } = await sql<Row>`
    select endpoint_id as "endpointId", ring, outcome, explanation, wait, slot, generation from rollout_member
    where rollout_id = ${rolloutId} order by endpoint_id`.execute(within);
  const written = new Map(rows.map((row) => [row.endpointId, memberText(row)]));
  const assignments = rows.map(({ endpointId, ring, slot, wait, generation }): Assignment => ({
    endpointId,
    ring,
    slot,
    wait,
    generation,
  }));
  const madeAtMs = made.rows[0]?.made_at.getTime() ?? 0;
  return { id, plan: { rolloutId, madeAtMs, assignments, actions: [] }, written };
}
