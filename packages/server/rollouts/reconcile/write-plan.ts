import { canonicalJson } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import type { Plan } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import type { RolloutRow } from '../rows.ts';
import { actionsInWords } from './actions-in-words.ts';
import type { MemberReport } from './member-report.ts';

/** Of what a plan changes so much is kept; its digest covers all of it. */
const CHANGES_KEPT = 200;

/**
 * Makes a plan the one in force: its row, what it says of members that it changes, and the rollout's pointer, by compare-and-set. The
 * rollout's row is locked, so the comparison fails only if that lock is ever lost; then nothing of the plan is done.
 *
 * @returns its id
 */
export async function writePlan(
  within: Kysely<Tables>,
  context: ServerContext,
  rollout: RolloutRow,
  plan: Plan,
  changed: readonly MemberReport[],
  ringNames: readonly string[],
): Promise<string> {
  const id = context.newId();
  const parent = await sql<{ number: number; sha256: string }>`
    select number, sha256 from rollout_plan where id = ${rollout.plan_id}`.execute(within);
  const [before] = parent.rows;
  const digest = sha256(
    canonicalJson({ parent: before?.sha256 ?? null, madeAtMs: plan.madeAtMs, changed, actions: plan.actions }),
  );
  const changes = changed.slice(0, CHANGES_KEPT).map(({ endpointId, slot, wait, generation }) => ({
    endpointId,
    slot,
    wait,
    generation,
  }));
  await sql`
    insert into rollout_plan (id, rollout_id, parent_id, number, made_at, sha256, changed_count, changes, actions)
    values (${id}, ${rollout.id}, ${rollout.plan_id}, ${(before?.number ?? 0) + 1}, ${new Date(plan.madeAtMs)}, ${digest},
      ${changed.length}, ${JSON.stringify(changes)}::jsonb, ${JSON.stringify(actionsInWords(plan.actions, ringNames))}::jsonb)`.execute(
    within,
  );
  const { rows } = await sql`update rollout set plan_id = ${id}
    where id = ${rollout.id} and plan_id is not distinct from ${rollout.plan_id}::uuid returning 1`.execute(within);
  if (rows.length === 0) throw new Error(`another plan of the rollout ${rollout.id} is in force`);
  await writeMembers(within, rollout.id, changed);
  return id;
}

async function writeMembers(
  within: Kysely<Tables>,
  rolloutId: string,
  changed: readonly MemberReport[],
): Promise<void> {
  if (changed.length === 0) return;
  await sql`
    update rollout_member m set outcome = c.outcome, explanation = c.explanation, wait = c.wait, slot = c.slot,
      generation = c.generation
    from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as c ("endpointId" uuid, outcome text, explanation text,
      wait jsonb, slot jsonb, generation integer)
    where m.rollout_id = ${rolloutId} and m.endpoint_id = c."endpointId"`.execute(within);
}
