import type { DeadlineMiss } from '@thimble/rollouts';
import type { RolloutState } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

export interface RolloutRow {
  readonly id: string;
  readonly organisation_id: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly policy_name: string;
  readonly name: string;
  readonly state: RolloutState;
  readonly explanation: string;
  readonly started_at: Date;
  readonly started_by: string;
  readonly started_for: StartedFor;
  readonly snapshot_id: string | null;
  readonly snapshot_name: string | null;
  readonly halted_at: Date | null;
  readonly halted_by: string | null;
  readonly halted_why: string | null;
  readonly cancelled_at: Date | null;
  readonly cancelled_by: string | null;
  readonly ended_at: Date | null;
  readonly predicted_ends_at: Date | null;
  readonly misses: readonly DeadlineMiss[];
  readonly plan_id: string | null;
  readonly run_id: string | null;
}

export type StartedFor = 'person' | 'schedule' | 'urgent';

/** @param lock `update`: until the transaction ends nobody else plans or decides it. Take it before its run's row. */
export async function readRollout(
  within: Kysely<Tables>,
  id: string,
  lock: 'none' | 'update',
): Promise<RolloutRow | undefined> {
  // In a statement of its own: one for both would see what is joined as it was before it waited.
  if (lock === 'update') await sql`select 1 from rollout where id = ${id} for no key update`.execute(within);
  const { rows } = await sql<RolloutRow>`select ${ROLLOUT_COLUMNS} from rollout o ${ROLLOUT_JOINS}
    where o.id = ${id}`.execute(within);
  return rows[0];
}

/** What makes a row of `rollout o` a RolloutRow. */
export const ROLLOUT_COLUMNS = sql`o.id, o.organisation_id, o.policy_id, o.policy_version, p.name as policy_name, o.name,
  o.state, o.explanation, o.started_at, o.started_by, o.started_for, o.snapshot_id,
  coalesce(s.name, o.snapshot_name) as snapshot_name, o.halted_at, o.halted_by, o.halted_why, o.cancelled_at,
  o.cancelled_by, o.ended_at, o.predicted_ends_at, o.misses, o.plan_id, r.id as run_id`;
export const ROLLOUT_JOINS = sql`join policy p on p.id = o.policy_id
  left join content_snapshot s on s.id = o.snapshot_id
  left join run r on r.rollout_id = o.id`;

export interface RingRow {
  readonly number: number;
  readonly name: string;
  readonly state: string;
  readonly explanation: string;
  readonly opened_at: Date | null;
  readonly passed_at: Date | null;
  readonly skipped_by: string | null;
  readonly roll_back_at: Date | null;
  readonly roll_back_by: string | null;
  readonly opens_at: Date | null;
  readonly ends_at: Date | null;
  readonly passes_at: Date | null;
}

export async function readRings(within: Kysely<Tables>, rolloutId: string): Promise<readonly RingRow[]> {
  const { rows } = await sql<RingRow>`
    select number, name, state, explanation, opened_at, passed_at, skipped_by, roll_back_at, roll_back_by, opens_at,
      ends_at, passes_at from rollout_ring where rollout_id = ${rolloutId} order by number`.execute(within);
  return rows;
}

export interface ApprovalRow {
  /** -1: the whole rollout. */
  readonly ring: number;
  readonly person: string;
}

export const WHOLE_ROLLOUT = -1;

export async function readApprovals(within: Kysely<Tables>, rolloutId: string): Promise<readonly ApprovalRow[]> {
  const { rows } = await sql<ApprovalRow>`
    select ring, person from rollout_approval where rollout_id = ${rolloutId} order by at, person`.execute(within);
  return rows;
}

export interface ProbeRow {
  readonly ring: number;
  readonly name: string;
  readonly value: number | null;
  readonly message: string;
  readonly at: Date;
}

export async function readProbes(within: Kysely<Tables>, rolloutId: string): Promise<readonly ProbeRow[]> {
  const { rows } = await sql<ProbeRow>`
    select ring, name, value, message, at from rollout_probe where rollout_id = ${rolloutId} order by ring, name`.execute(
    within,
  );
  return rows;
}
