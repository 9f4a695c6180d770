import { createCalendarCache } from '../calendar/index.ts';
import { assign } from './assignments.ts';
import type { PlanInput } from './facts.ts';
import { forecast } from './forecast.ts';
import { createLaterRings, type LaterRings } from './later-ring.ts';
import { dueOf, soonMs, type Due, type Scene } from './member-steps.ts';
import type { Plan, PlanFunction } from './plan.ts';
import { reportOf } from './report.ts';
import { judgeRings } from './rings.ts';
import { RULES, type PlannerRules } from './rules.ts';
import { buildStatics, sameStatics, type Statics } from './statics.ts';
import { tallyMembers } from './tally.ts';
import type { Wait } from './wait.ts';

/** Plans, and keeps what it worked out for the input before: the windows of each zone, and who is most urgent. */
export interface Planner {
  readonly plan: PlanFunction;
}

export function createPlanner(rules: PlannerRules = RULES): Planner {
  const calendar = createCalendarCache();
  let kept: { readonly input: PlanInput; readonly statics: Statics; readonly laterRings: LaterRings } | null = null;
  return {
    plan: (input) => {
      // The plan before is not what this one is made of, and must not be kept alive by it.
      const facts = { ...input, previous: null };
      if (kept === null || !sameStatics(kept.input, input)) {
        const statics = buildStatics(input, calendar);
        kept = { input: facts, statics, laterRings: createLaterRings(statics) };
      } else kept = { ...kept, input: facts };
      return planWith(input, kept.statics, kept.laterRings, rules);
    },
  };
}

/** The plan for these facts at this moment. Pure: the same input gives the same plan. */
export const plan: PlanFunction = (input) => createPlanner().plan(input);

function planWith(
  input: PlanInput,
  statics: Statics,
  laterRings: LaterRings,
  rules: PlannerRules,
): ReturnType<PlanFunction> {
  const tallies = tallyMembers(input.rollout, rules);
  const standing = judgeRings(input, tallies, rules);
  const { policy } = input.rollout;
  const trialsLeft = policy.rings.map(({ trial }, ring) => {
    const { proven, trialsUnderWay } = tallies.rings[ring] ?? { proven: 0, trialsUnderWay: 0 };
    return trial.first - proven - trialsUnderWay;
  });
  const scene: Scene = { input, rules, tallies, standing, trialsLeft };
  const dues: Due[] = [];
  // In the order of urgency: of a ring whose first are tried, these are the most urgent.
  for (const ring of statics.byUrgency)
    for (const index of ring) {
      const member = input.rollout.members[index];
      if (member !== undefined) dues[index] = dueOf(member, scene, tallies.standings[index] ?? 'left-out');
    }
  const foreseen = forecast(scene, statics, dues, laterRings);
  const ringWaits = policy.rings.map((_, ring) => ringWait(ring, scene, foreseen.rings[ring]?.opensMs ?? null));
  const { assignments, actions } = assign(scene, statics, dues, foreseen, ringWaits);
  const made: Plan = {
    rolloutId: input.rollout.id,
    madeAtMs: input.nowMs,
    assignments,
    actions: [...standing.actions, ...actions],
  };
  return { plan: made, report: reportOf(scene, statics, foreseen) };
}

/** What members of a ring wait for that is not open: the first ring before it that has not passed. */
function ringWait(ring: number, { input, standing }: Scene, opensMs: number | null): Wait {
  const { rings } = input.rollout.policy;
  const before = standing.rings.findIndex(({ passed }, index) => index < ring && !passed);
  const first = before < 0 ? ring : before;
  return {
    kind: 'ring',
    ring: rings[first]?.name ?? '',
    why: standing.rings[first]?.why ?? { kind: 'not-begun' },
    untilMs: opensMs === null ? null : Math.max(opensMs, soonMs(input.nowMs)),
  };
}
