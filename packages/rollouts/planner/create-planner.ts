import { createCalendarCache } from '../calendar/index.ts';
import { createAdviser, type Adviser } from './advice.ts';
import { assign, type Assigned, type Parts } from './assignments.ts';
import type { PlanInput } from './facts.ts';
import { forecast, type DueNow, type Forecast } from './forecast.ts';
import { createLaterRings, type LaterRings } from './later-ring.ts';
import { dueOf, soonMs, type Due, type Scene } from './member-steps.ts';
import type { PlanFunction } from './plan.ts';
import { reportOf } from './report.ts';
import { judgeRings } from './rings.ts';
import { createRoster, TRAIT, type Roster } from './roster.ts';
import { RULES, type PlannerRules } from './rules.ts';
import { buildStatics, sameStatics, type Statics } from './statics.ts';
import { NOBODY, tallyRing, type RingTally } from './tally.ts';
import type { Wait } from './wait.ts';

/** Plans, and keeps what it worked out for the input before: the windows of each zone, and who is most urgent. */
export interface Planner {
  readonly plan: PlanFunction;
}

export function createPlanner(rules: PlannerRules = RULES): Planner {
  const calendar = createCalendarCache();
  let kept: Kept | null = null;
  return {
    plan: (input) => {
      // A list of groups that only grew may be the same object.
      const fits = kept?.roster.out.length === input.rollout.budgetGroups.length;
      const before = kept !== null && fits && sameStatics(kept.facts, input) ? kept : null;
      const statics = before?.statics ?? buildStatics(input, calendar);
      const roster = before?.roster ?? createRoster(input.rollout, rules);
      const laterRings = before?.laterRings ?? createLaterRings();
      const adviser = before?.adviser ?? createAdviser();
      roster.update(input.rollout.members);
      const tallies = statics.byUrgency.map((own, ring) =>
        before !== null && before.versions[ring] === roster.versions[ring]
          ? (before.parts.scene.tallies[ring] ?? NOBODY)
          : tallyRing(own, input.rollout.members, roster),
      );
      const scene = sceneOf(input, statics, roster, tallies, rules);
      const due = lookAtAll(scene);
      const foreseen = forecast(scene, due, laterRings);
      const ringWaits = ringWaitsOf(scene, foreseen, before?.parts.ringWaits ?? []);
      const parts = { scene, due, forecast: foreseen, ringWaits };
      const assigned = assign(parts, before?.parts ?? null);
      // The plan before is not what the next one is made of, and must not be kept alive by it.
      const facts = { ...input, previous: null };
      const keptParts = { ...parts, scene: { ...scene, input: facts }, ...assigned };
      kept = { facts, statics, roster, versions: roster.versions.slice(), laterRings, adviser, parts: keptParts };
      const { assignments, actions } = assigned;
      return {
        plan: {
          rolloutId: input.rollout.id,
          madeAtMs: input.nowMs,
          assignments,
          actions: [...scene.standing.actions, ...actions],
        },
        report: reportOf(scene, foreseen, assignments, (late) => adviser.advise(scene, due, late)),
      };
    },
  };
}

/** The plan for these facts at this moment. Pure: the same input gives the same plan. */
export const plan: PlanFunction = (input) => createPlanner().plan(input);

interface Kept {
  readonly facts: PlanInput;
  readonly statics: Statics;
  readonly roster: Roster;
  /** Of the roster's rings, at that time. */
  readonly versions: Int32Array;
  readonly laterRings: LaterRings;
  readonly adviser: Adviser;
  readonly parts: Parts & Assigned;
}

function sceneOf(
  input: PlanInput,
  statics: Statics,
  roster: Roster,
  tallies: readonly RingTally[],
  rules: PlannerRules,
): Scene {
  const { policy } = input.rollout;
  const standing = judgeRings(input, tallies, roster, rules);
  const trialsLeft = policy.rings.map(({ trial }, ring) => {
    const { proven, trialsUnderWay } = tallies[ring] ?? NOBODY;
    return trial.first - proven - trialsUnderWay;
  });
  return { input, rules, statics, roster, tallies, standing, trialsLeft };
}

/** In the order of urgency: of a ring whose first are tried, these are the most urgent. */
function lookAtAll(scene: Scene): DueNow {
  const { input, statics, roster, standing } = scene;
  const dues = Array.from<Due>({ length: input.rollout.members.length });
  const working: number[] = [];
  statics.byUrgency.forEach((own, ring) => {
    const open = standing.rings[ring]?.open ?? false;
    // Untouched members of a ring that is not open differ for its steps in nothing but whether they are there.
    const alike: Due[] = [];
    for (const index of own) {
      const member = input.rollout.members[index];
      if (member === undefined) continue;
      const state = roster.standings[index] ?? 'left-out';
      const trait = roster.traits[index] ?? 0;
      const untouched = !open && (state === 'waiting' || state === 'offline') && (trait & TRAIT.touched) === 0;
      const due = untouched
        ? (alike[trait & TRAIT.online] ??= dueOf(member, scene, state))
        : dueOf(member, scene, state);
      dues[index] = due;
      if (due.work !== null) working.push(index);
    }
  });
  return { dues, working };
}

/** What members of each ring wait for that is not open: the first ring before it that has not passed. Equal ones stay the same object. */
function ringWaitsOf(
  { input, standing }: Scene,
  { rings: foreseen }: Forecast,
  before: readonly Wait[],
): readonly Wait[] {
  const { rings } = input.rollout.policy;
  return rings.map((_, ring): Wait => {
    const awaited = standing.rings.findIndex(({ passed }, index) => index < ring && !passed);
    const first = awaited < 0 ? ring : awaited;
    const opensMs = foreseen[ring]?.opensMs ?? null;
    const wait: Wait = {
      kind: 'ring',
      ring: rings[first]?.name ?? '',
      why: standing.rings[first]?.why ?? { kind: 'not-begun' },
      untilMs: opensMs === null ? null : Math.max(opensMs, soonMs(input.nowMs)),
    };
    const known = before[ring];
    return known !== undefined && JSON.stringify(known) === JSON.stringify(wait) ? known : wait;
  });
}
