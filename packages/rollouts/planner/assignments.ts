import type { MemberFacts, PlanInput } from './facts.ts';
import type { DueNow, Forecast } from './forecast.ts';
import { lengthOfWork } from './jobs.ts';
import { RING_AWAITED, type Due, type Scene, type WorkKind } from './member-steps.ts';
import { slotIn, type Opening } from './openings.ts';
import type { Assignment, RolloutAction, Slot } from './plan.ts';
import { waitForPlace } from './wait-for-place.ts';
import type { Wait } from './wait.ts';

export interface Assigned {
  readonly assignments: readonly Assignment[];
  readonly actions: readonly RolloutAction[];
}

/** What assignments were made of. Whose parts are the same has the same assignment, without a look at it. */
export interface Parts {
  readonly scene: Scene;
  readonly due: DueNow;
  readonly forecast: Forecast;
  /** For each ring what its members wait for while it is not open: one object for all of them. */
  readonly ringWaits: readonly Wait[];
}

/** What each endpoint's part is, and what is due now. */
export function assign(parts: Parts, kept: (Parts & Assigned) | null): Assigned {
  const { input } = parts.scene;
  const actions: RolloutAction[] = [];
  const reusable = kept !== null && follows(parts, kept) ? kept : null;
  const assignments = input.rollout.members.map((member, index): Assignment => {
    const before = reusable === null ? undefined : sameAgain(index, member, parts, reusable);
    if (before !== undefined) return before;
    const { assignment, action } = assignOne(index, member, parts);
    if (action !== null) actions.push(action);
    return withGeneration(input, index, assignment);
  });
  return { assignments, actions };
}

/** Whether the plan in force is the one that is remembered, so that unchanged parts have an unchanged generation. */
function follows({ scene }: Parts, kept: Parts & Assigned): boolean {
  const inForce = scene.input.previous ?? null;
  return scene.statics === kept.scene.statics && inForce !== null && inForce.assignments === kept.assignments;
}

/** The assignment of before for a member of a ring that still waits, as long as its slot is the same: at most its reason is another. */
function sameAgain(index: number, member: MemberFacts, now: Parts, kept: Parts & Assigned): Assignment | undefined {
  const { forecast, ringWaits } = now;
  const before = kept.assignments[index];
  const startMs = forecast.startMs[index] ?? Number.NaN;
  const unchanged =
    before !== undefined &&
    now.due.dues[index] === RING_AWAITED &&
    kept.due.dues[index] === RING_AWAITED &&
    kept.scene.input.rollout.members[index] === member &&
    Object.is(kept.forecast.startMs[index], startMs) &&
    kept.forecast.opening[index] === forecast.opening[index];
  if (!unchanged) return undefined;
  const wait = ringWaits[member.ring] ?? null;
  if (before.wait === wait) return before;
  const { endpointId, ring, slot, generation } = before;
  return { endpointId, ring, slot, wait, generation };
}

function assignOne(
  index: number,
  member: MemberFacts,
  { scene, due: { dues }, forecast, ringWaits }: Parts,
): { readonly assignment: Assignment; readonly action: RolloutAction | null } {
  const { input, statics } = scene;
  const { endpointId, ring, generation } = member;
  const due = dues[index];
  const work = statics.classes[statics.classOf[index] ?? -1];
  if (due === undefined || work === undefined)
    return { assignment: { endpointId, ring, slot: null, wait: null, generation }, action: null };
  const packedMs = forecast.startMs[index] ?? Number.NaN;
  const startMs = Number.isNaN(packedMs) ? null : packedMs;
  const opening = work.openings[forecast.opening[index] ?? -1];
  const slot = slotOf(scene, member, due, startMs, opening);
  if (due === RING_AWAITED)
    return { assignment: { endpointId, ring, slot, wait: ringWaits[ring] ?? null, generation }, action: null };
  if (due.work === null || due.wait !== null || due.action !== null)
    return { assignment: { endpointId, ring, slot, wait: due.wait, generation }, action: due.action };
  if (startMs === input.nowMs) {
    const own = opening === undefined ? null : slotIn(opening, startMs, latestStart(scene, member, due.work, opening));
    return { assignment: { endpointId, ring, slot, wait: null, generation }, action: actionOf(member, due.work, own) };
  }
  const place = { startMs, opening, heldBy: forecast.heldBy[index] ?? -1 };
  const wait = waitForPlace(scene, member, due.work, work, place);
  return { assignment: { endpointId, ring, slot, wait, generation }, action: preStage(scene, member, slot) };
}

/** An assignment that says what the plan in force says is the same one; one that has another slot is the next generation. */
function withGeneration({ previous }: PlanInput, index: number, assignment: Assignment): Assignment {
  const before = previous?.assignments[index];
  if (before === undefined || before.endpointId !== assignment.endpointId) return assignment;
  const stays = assignment.slot === null || sameSlot(before.slot, assignment.slot);
  const generation = Math.max(assignment.generation, before.generation + (stays ? 0 : 1));
  return generation === assignment.generation ? assignment : { ...assignment, generation };
}

function sameSlot(a: Slot | null, b: Slot): boolean {
  return a !== null && a.startMs === b.startMs && a.startBeforeMs === b.startBeforeMs;
}

function slotOf(
  scene: Scene,
  member: MemberFacts,
  { work }: Due,
  startMs: number | null,
  opening: Opening | undefined,
): Slot | null {
  if ((work !== null && work !== 'install') || startMs === null || opening === undefined) return null;
  return slotIn(opening, startMs, latestStart(scene, member, 'install', opening));
}

function latestStart({ rules }: Scene, { expectedMs }: MemberFacts, work: WorkKind, { endMs }: Opening): number {
  return rules.latestStartMs(endMs, lengthOfWork(work, expectedMs));
}

function actionOf(member: MemberFacts, work: WorkKind, slot: Slot | null): RolloutAction | null {
  const { endpointId, progress } = member;
  if (work === 'roll-back') return { kind: work, endpointId };
  if (slot === null) return null;
  const { startBeforeMs } = slot;
  if (work !== 'install') return { kind: work, endpointId, startBeforeMs };
  if (progress.kind !== 'planned') return null;
  return { kind: 'apply', endpointId, transactionDigest: progress.transactionDigest, startBeforeMs };
}

/** What is planned for soon is fetched ahead, where there is frozen content to fetch from. */
function preStage({ input }: Scene, { endpointId, progress }: MemberFacts, slot: Slot | null): RolloutAction | null {
  const { policy } = input.rollout;
  if (progress.kind !== 'planned' || progress.preStage !== 'none' || slot === null) return null;
  if (policy.content.kind === 'endpoint' || policy.deploy.preStageMs === 0) return null;
  return input.nowMs >= slot.startMs - policy.deploy.preStageMs
    ? { kind: 'pre-stage', endpointId, transactionDigest: progress.transactionDigest }
    : null;
}
