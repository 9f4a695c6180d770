import { createPlanner, lint, type MemberFacts, type Plan, type PlanInput } from '@thimble/rollouts';
import { firstFit } from './first-fit.ts';
import { rolloutOf, type FleetSize } from './fleet.ts';

// A process of its own, so that its peak of memory is that of planning. Prints a line of JSON.

export interface PlanReport {
  readonly planMs: readonly number[];
  readonly replanMs: readonly number[];
  /** Of the processor, collection of garbage included: what others do at the same time is not in it. */
  readonly replanProcessorMs: readonly number[];
  readonly lintMs: readonly number[];
  /** Both over the smaller fleet. */
  readonly smallPlanMs: readonly number[];
  readonly firstFitMs: readonly number[];
  readonly findings: number;
  readonly slots: number;
  readonly peakMb: number;
}

const ROUNDS = 5;
const RESULTS = 20;
const SMALLER = 10;

function timed<T>(into: number[], act: () => T): T {
  const startedMs = performance.now();
  const result = act();
  into.push(performance.now() - startedMs);
  return result;
}

/** One endpoint of the first ring is through; everybody else is the same object as before. */
function afterResult(input: PlanInput, plan: Plan, index: number): PlanInput {
  const nowMs = input.nowMs + 1000;
  const members: MemberFacts[] = input.rollout.members.slice();
  const member = members[index];
  if (member !== undefined) members[index] = { ...member, progress: { kind: 'effective', sinceMs: nowMs } };
  return { ...input, nowMs, previous: plan, rollout: { ...input.rollout, members } };
}

function measure(size: FleetSize): PlanReport {
  const planMs: number[] = [];
  const replanMs: number[] = [];
  const replanProcessorMs: number[] = [];
  const lintMs: number[] = [];
  const smallPlanMs: number[] = [];
  const firstFitMs: number[] = [];
  let input = rolloutOf(size);
  for (let round = 1; round < ROUNDS; round++) timed(planMs, () => createPlanner().plan(input));
  const planner = createPlanner();
  let { plan } = timed(planMs, () => planner.plan(input));
  const slots = plan.assignments.filter(({ slot }) => slot !== null).length;
  let findings = 0;
  for (let round = 0; round < ROUNDS; round++) findings += timed(lintMs, () => lint(plan, input)).length;
  for (let result = 0; result < RESULTS; result++) {
    input = afterResult(input, plan, result * 100);
    const before = process.cpuUsage();
    ({ plan } = timed(replanMs, () => planner.plan(input)));
    const { user, system } = process.cpuUsage(before);
    replanProcessorMs.push((user + system) / 1000);
    findings += lint(plan, input).length;
  }
  const small = rolloutOf({ ...size, endpoints: size.endpoints / SMALLER });
  for (let round = 0; round < ROUNDS; round++) {
    timed(smallPlanMs, () => createPlanner().plan(small));
    timed(firstFitMs, () => firstFit(small));
  }
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return { planMs, replanMs, replanProcessorMs, lintMs, smallPlanMs, firstFitMs, findings, slots, peakMb };
}

const [endpoints = 0, patches = 0, zones = 0] = process.argv.slice(2).map(Number);
process.stdout.write(`${JSON.stringify(measure({ endpoints, patches, zones }))}\n`);
