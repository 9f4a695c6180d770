import type { RolloutPlanList } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

const PLANS_SHOWN = 200;

/** The newest first. The rollout is known to be the organisation's. */
export async function listPlans(within: Kysely<Tables>, rolloutId: string): Promise<RolloutPlanList> {
  const { rows } = await sql<{
    id: string;
    parent_id: string | null;
    number: number;
    made_at: Date;
    sha256: string;
    changed_count: number;
    actions: string[];
  }>`
    select id, parent_id, number, made_at, sha256, changed_count, actions from rollout_plan
    where rollout_id = ${rolloutId} order by number desc limit ${PLANS_SHOWN}`.execute(within);
  return {
    items: rows.map((row) => ({
      id: row.id,
      parentId: row.parent_id,
      number: row.number,
      madeAt: row.made_at.toISOString(),
      sha256: row.sha256,
      changedCount: row.changed_count,
      actions: row.actions,
    })),
    // They are numbered from one, without gaps.
    total: rows[0]?.number ?? 0,
  };
}
