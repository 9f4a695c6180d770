import type { MemberFacts, PlanInput } from './facts.ts';
import type { Forecast } from './forecast.ts';
import { RING_AWAITED, type Due, type Scene, type WorkKind } from './member-steps.ts';
import { nextOpening, slotIn, type Opening } from './openings.ts';
import type { Assignment, RolloutAction, Slot } from './plan.ts';
import { groupTable, type StaticClass, type Statics } from './statics.ts';
import type { Wait } from './wait.ts';

/** What each endpoint's part is, and what is due now. */
export function assign(
  scene: Scene,
  statics: Statics,
  dues: readonly Due[],
  forecast: Forecast,
  /** For each ring what its members wait for while it is not open: one object for all of them. */
  ringWaits: readonly Wait[],
): { readonly assignments: readonly Assignment[]; readonly actions: readonly RolloutAction[] } {
  const { input } = scene;
  const actions: RolloutAction[] = [];
  const assignments = input.rollout.members.map((member, index): Assignment => {
    const due = dues[index];
    const work = statics.classes[statics.classOf[index] ?? -1];
    if (due === undefined || work === undefined)
      return {
        endpointId: member.endpointId,
        ring: member.ring,
        slot: null,
        wait: null,
        generation: member.generation,
      };
    const place = { startMs: forecast.startMs[index] ?? Number.NaN, heldBy: forecast.heldBy[index] ?? -1 };
    const opening = work.openings[forecast.opening[index] ?? -1];
    const slot = slotOf(scene, member, due, place.startMs, opening);
    const ready = due.work !== null && due.wait === null && due.action === null;
    const begins = ready && place.startMs === input.nowMs;
    const action = begins
      ? actionOf(member, due.work, slot)
      : (due.action ?? (ready ? preStage(scene, member, slot) : null));
    if (action !== null) actions.push(action);
    const wait =
      due === RING_AWAITED
        ? (ringWaits[member.ring] ?? null)
        : ready && !begins
          ? waitForPlace(scene, member, work, due.work, place, opening)
          : due.wait;
    return withGeneration(input, index, {
      endpointId: member.endpointId,
      ring: member.ring,
      slot,
      wait,
      generation: member.generation,
    });
  });
  return { assignments, actions };
}

/** An assignment that says what the plan in force says is the same one; one that has another slot is the next generation. */
function withGeneration({ previous }: PlanInput, index: number, assignment: Assignment): Assignment {
  const before = previous?.assignments[index];
  if (before === undefined || before.endpointId !== assignment.endpointId) return assignment;
  const stays = sameSlot(before.slot, assignment.slot);
  const generation = Math.max(assignment.generation, before.generation + (stays || assignment.slot === null ? 0 : 1));
  return { ...assignment, generation };
}

function sameSlot(a: Slot | null, b: Slot | null): boolean {
  if (a === null || b === null) return a === b;
  return a.startMs === b.startMs && a.startBeforeMs === b.startBeforeMs;
}

function slotOf(
  { rules }: Scene,
  { expectedMs }: MemberFacts,
  { work }: Due,
  startMs: number,
  opening: Opening | undefined,
): Slot | null {
  if (work !== null && work !== 'install') return null;
  if (Number.isNaN(startMs) || opening === undefined) return null;
  return slotIn(opening, startMs, rules.latestStartMs(opening.endMs, expectedMs));
}

function actionOf(member: MemberFacts, work: WorkKind | null, slot: Slot | null): RolloutAction | null {
  const { endpointId, progress } = member;
  switch (work) {
    case 'install':
      if (progress.kind !== 'planned' || slot === null) return null;
      return {
        kind: 'apply',
        endpointId,
        transactionDigest: progress.transactionDigest,
        startBeforeMs: slot.startBeforeMs,
      };
    case 'reboot':
    case 'restart-services':
    case 'roll-back':
      return { kind: work, endpointId };
    case null:
      return null;
  }
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

/** What is ready and does not begin now waits for a window, or for a place in one. */
function waitForPlace(
  { input, rules, tallies }: Scene,
  member: MemberFacts,
  work: StaticClass,
  kind: WorkKind | null,
  { startMs, heldBy }: { readonly startMs: number; readonly heldBy: number },
  opening: Opening | undefined,
): Wait {
  const { nowMs, rollout } = input;
  const untilMs = Number.isNaN(startMs) ? null : startMs;
  if (heldBy >= 0) return waitForGroup(input, tallies, rules, member.ring, heldBy, untilMs);
  const dark = rollout.blackouts.find(({ startMs: fromMs, endMs }) => fromMs <= nowMs && nowMs < endMs);
  const { openings } = work;
  const inWindow =
    openings.length === 0 ||
    openings.some(({ window }) => window === null || (window.startMs <= nowMs && nowMs < window.endMs));
  if (dark !== undefined && inWindow) return { kind: 'blackout', calendar: dark.calendar, untilMs: dark.endMs };
  if (kind === 'reboot' || kind === 'restart-services') return { kind: 'reboot-window', untilMs };
  const next = opening ?? longEnough(openings, nowMs, member.expectedMs, rules.latestStartMs);
  if (next === undefined)
    return { kind: 'no-window', neededMs: member.expectedMs, longestMs: longestMs(openings, nowMs), untilMs: null };
  return { kind: 'window', window: next.window?.name ?? '', untilMs: Math.max(next.startMs, nowMs) };
}

function longEnough(
  openings: readonly Opening[],
  nowMs: number,
  expectedMs: number,
  latestStartMs: (endMs: number, durationMs: number) => number,
): Opening | undefined {
  return openings
    .slice(nextOpening(openings, nowMs))
    .find(({ startMs, endMs }) => Math.max(startMs, nowMs) <= latestStartMs(endMs, expectedMs));
}

function longestMs(openings: readonly Opening[], nowMs: number): number {
  return openings.reduce((longest, { startMs, endMs }) => Math.max(longest, endMs - Math.max(startMs, nowMs)), 0);
}

function waitForGroup(
  { rollout: { policy, budgetGroups } }: PlanInput,
  tallies: Scene['tallies'],
  rules: Scene['rules'],
  ring: number,
  group: number,
  untilMs: number | null,
): Wait {
  const table = groupTable(policy);
  if (group === table.reboots(ring)) return { kind: 'reboot-stagger', untilMs };
  if (group === table.ring(ring)) {
    const { counted, working } = tallies.rings[ring] ?? { counted: 0, working: 0 };
    const atMost = rules.amount(policy.rings[ring]?.atOnce ?? policy.atOnce, counted);
    return { kind: 'at-once', atMost, out: Math.max(atMost, working), untilMs };
  }
  const index = group - table.budget(0);
  const { budget, name } = budgetGroups[index] ?? { budget: -1, name: '' };
  const rule = policy.budgets[budget];
  const per = rule === undefined ? '' : rule.per.kind === 'label' ? `label ${rule.per.key}` : rule.per.kind;
  const atMost = rule === undefined ? 0 : rules.amount(rule.atMost, tallies.base[index] ?? 0);
  // With those that begin by this plan: none is left.
  return { kind: 'budget', per, group: name, atMost, out: Math.max(atMost, tallies.out[index] ?? 0), untilMs };
}
