import type { RingState, RolloutList, RolloutSummary } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Reach, rolloutReachCondition } from '../../access/index.ts';
import type { Tables } from '../../storage/index.ts';
import { ROLLOUT_COLUMNS, ROLLOUT_JOINS, type RolloutRow } from '../rows.ts';
import { countMembers, sumOf, totalOf } from './counts.ts';

const ROLLOUTS_SHOWN = 200;

/** The newest first; those with endpoints beyond reach are left out. */
export async function listRollouts(within: Kysely<Tables>, organisationId: string, reach: Reach): Promise<RolloutList> {
  const own = sql`o.organisation_id = ${organisationId} and ${rolloutReachCondition(reach, sql`o.id`)}`;
  const { rows } = await sql<RolloutRow>`select ${ROLLOUT_COLUMNS} from rollout o ${ROLLOUT_JOINS}
    where ${own} order by o.started_at desc, o.id desc limit ${ROLLOUTS_SHOWN}`.execute(within);
  const counted = await sql<{ total: number }>`
    select count(*) as total from rollout o where ${own}`.execute(within);
  return { items: await summariesOf(within, rows), total: counted.rows[0]?.total ?? 0 };
}

export async function summariesOf(within: Kysely<Tables>, rows: readonly RolloutRow[]): Promise<RolloutSummary[]> {
  const ids = rows.map(({ id }) => id);
  const rings = await sql<{ rollout_id: string; number: number; name: string; state: RingState }>`
    select rollout_id, number, name, state from rollout_ring where rollout_id = any(${ids}::uuid[])
    order by rollout_id, number`.execute(within);
  const patches = await sql<{ rollout_id: string; count: number }>`
    select rollout_id, count(*) as count from rollout_patch where rollout_id = any(${ids}::uuid[])
    group by rollout_id`.execute(within);
  const countsOf = await countMembers(within, ids);
  const patchCounts = new Map(patches.rows.map((row) => [row.rollout_id, row.count]));
  return rows.map((row): RolloutSummary => {
    const own = rings.rows
      .filter((ring) => ring.rollout_id === row.id)
      .map((ring) => ({ ...ring, counts: countsOf(row.id, ring.number) }));
    const counts = sumOf(own.map((ring) => ring.counts));
    return {
      id: row.id,
      name: row.name,
      policy: { id: row.policy_id, name: row.policy_name, version: row.policy_version },
      state: row.state,
      explanation: row.explanation,
      content: row.snapshot_id === null ? null : { snapshotId: row.snapshot_id, snapshotName: row.snapshot_name ?? '' },
      runId: row.run_id,
      startedAt: row.started_at.toISOString(),
      startedBy: row.started_by,
      endedAt: row.ended_at?.toISOString() ?? null,
      predictedEndsAt: row.predicted_ends_at?.toISOString() ?? null,
      memberCount: totalOf(counts),
      counts,
      rings: own.map(({ name, state, counts: ofRing }) => ({
        name,
        state,
        memberCount: totalOf(ofRing),
        doneCount: ofRing.done,
      })),
      patchCount: patchCounts.get(row.id) ?? 0,
      missCount: row.misses.length,
    };
  });
}
