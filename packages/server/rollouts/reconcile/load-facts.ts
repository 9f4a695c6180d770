import type { PatchFacts, PlanInput, Policy, RingFacts, RunFacts } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { blackoutIntervals } from '../../policies/index.ts';
import type { Tables } from '../../storage/index.ts';
import { readApprovals, readProbes, readRings, type RolloutRow, WHOLE_ROLLOUT } from '../rows.ts';
import { freezesOf } from './freezes-of.ts';
import { loadMembers } from './load-members.ts';
import { loadProgress } from './load-progress.ts';
import type { RolloutMemory } from './memory.ts';
import { readPlan } from './read-plan.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Monthly windows are seen twice ahead, as the planner's contract has it. */
const HORIZON_MS = 60 * DAY_MS;

/** All that the planner knows of a rollout, as the database has it now. The rollout's row is locked by the caller's transaction. */
export async function loadFacts(
  within: Kysely<Tables>,
  context: ServerContext,
  memory: RolloutMemory,
  rollout: RolloutRow & { readonly run_id: string },
  policy: Policy,
): Promise<PlanInput> {
  const { id, organisation_id: organisationId, run_id: runId } = rollout;
  const nowMs = context.clock().getTime();
  const run: RunFacts = {
    approved: true,
    cancelRequested: false,
    checkInIntervalMs: context.settings.checkInIntervalS * 1000,
    snapshotId: rollout.snapshot_id,
    rollout: 'under-way',
  };
  const progress = await loadProgress(within, memory, runId, run, nowMs);
  const freezeOf = await freezesOf(within, organisationId, nowMs);
  const members = await loadMembers(within, memory, { rolloutId: id, run, progress, freezeOf, nowMs });
  const range = { startMs: nowMs, endMs: nowMs + HORIZON_MS };
  memory.statics ??= await readPatches(within, id);
  const { patches, patchSets } = memory.statics;
  const known = memory.known?.id === rollout.plan_id ? memory.known : await readPlan(within, rollout);
  memory.known = known;
  return {
    nowMs,
    horizonMs: HORIZON_MS,
    rollout: {
      id,
      name: rollout.name,
      policy,
      startedAtMs: rollout.started_at.getTime(),
      halt: haltOf(rollout),
      cancelled: rollout.cancelled_at !== null,
      members,
      patches,
      patchSets,
      budgetGroups: memory.groups,
      blackouts: await blackoutIntervals(within, organisationId, policy.blackouts, range, context.settings.timeZone),
      ...(await readRingFacts(within, id)),
    },
    previous: known?.plan ?? null,
  };
}

function haltOf({ halted_at: at, halted_by: by, halted_why: why }: RolloutRow): PlanInput['rollout']['halt'] {
  return at === null ? null : { by: by ?? '', why: why ?? '', atMs: at.getTime() };
}

async function readRingFacts(
  within: Kysely<Tables>,
  rolloutId: string,
): Promise<Pick<PlanInput['rollout'], 'rings' | 'approvedBy'>> {
  const rings = await readRings(within, rolloutId);
  const approvals = await readApprovals(within, rolloutId);
  const probes = await readProbes(within, rolloutId);
  const approvedBy = (ring: number): readonly string[] =>
    approvals.filter((approval) => approval.ring === ring).map(({ person }) => person);
  return {
    approvedBy: approvedBy(WHOLE_ROLLOUT),
    rings: rings.map((ring): RingFacts => ({
      openedAtMs: ring.opened_at?.getTime() ?? null,
      passedAtMs: ring.passed_at?.getTime() ?? null,
      skippedBy: ring.skipped_by,
      approvedBy: approvedBy(ring.number),
      rollBack: ring.roll_back_at === null ? null : { by: ring.roll_back_by ?? '', atMs: ring.roll_back_at.getTime() },
      probes: probes
        .filter((probe) => probe.ring === ring.number)
        .map(({ name, value, message, at }) => ({ name, value, message, atMs: at.getTime() })),
    })),
  };
}

export interface RolloutStatics {
  readonly patches: readonly PatchFacts[];
  readonly patchSets: readonly (readonly number[])[];
}

async function readPatches(within: Kysely<Tables>, rolloutId: string): Promise<RolloutStatics> {
  const patches = await sql<{ name: string; version: string; deadline: Date | null; risk: number }>`
    select name, version, deadline, risk from rollout_patch where rollout_id = ${rolloutId} order by number`.execute(
    within,
  );
  const sets = await sql<{ patches: number[] }>`
    select patches from rollout_patch_set where rollout_id = ${rolloutId} order by number`.execute(within);
  return {
    patches: patches.rows.map(({ name, version, deadline, risk }) => ({
      key: `${name} ${version}`,
      deadlineMs: deadline?.getTime() ?? null,
      risk,
    })),
    patchSets: sets.rows.map((set) => set.patches),
  };
}
