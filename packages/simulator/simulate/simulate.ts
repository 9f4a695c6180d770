import { SIMULATION_LIMITS, type SimulationResult } from '@thimble/protocol';
import { arrivalsOf } from './arrivals.ts';
import { createCourse } from './course.ts';
import type { ExposurePoint } from './exposure.ts';
import { gapsOf } from './gaps.ts';
import type { SimulationInput } from './input.ts';
import { resultOf } from './result.ts';
import { createSchedule } from './schedule.ts';

const DAY_MS = 86_400_000;
/** More are not simulated: a plan has to be made for all of them at each moment. */
const ENDPOINTS_AT_MOST = 200_000;

/**
 * The coming days under these policies: the planner itself in virtual time, over endpoints that are modelled by how long
 * they take and how often they fail. Jumps from event to event; synchronous, so callers put it into a worker.
 *
 * @throws RangeError for days or a fleet beyond what is simulated
 */
export function simulate(input: SimulationInput): SimulationResult {
  const { startMs, days, policies, endpoints } = input;
  if (!Number.isInteger(days) || days < 1 || days > SIMULATION_LIMITS.days)
    throw new RangeError(`${days} days are not simulated: 1 to ${SIMULATION_LIMITS.days}`);
  if (endpoints.length > ENDPOINTS_AT_MOST)
    throw new RangeError(`${endpoints.length} endpoints are not simulated: at most ${ENDPOINTS_AT_MOST}`);
  const endMs = startMs + days * DAY_MS;
  const course = createCourse(input);
  const schedule = createSchedule(input, course);
  const arrivals = momentsOf(arrivalsOf(input), ({ atMs }) => atMs, course.arrive);
  const turns = momentsOf(turnsOf(input, endMs), (atMs) => atMs, course.turn);
  const points: ExposurePoint[] = [];
  const everyMs = (endMs - startMs) / (SIMULATION_LIMITS.points - 1);
  const momentOf = (point: number): number => Math.round(startMs + point * everyMs);
  let told = -1;

  for (let nowMs = startMs; nowMs < endMs;) {
    arrivals.passUntil(nowMs);
    turns.passUntil(nowMs);
    course.advance(nowMs);
    for (const policy of policies) if (schedule.isDue(policy, nowMs)) course.start(policy, nowMs);
    const percent = Math.floor((100 * (nowMs - startMs)) / (endMs - startMs));
    if (percent > told) input.limits?.progress?.(percent);
    told = percent;
    const running = [...course.active.values()].map(({ nextMs }) => nextMs);
    nowMs = Math.min(endMs, arrivals.nextMs(), turns.nextMs(), schedule.nextMs(nowMs), ...running);
    // Curves show what is before the next event, and the last point what is at the end.
    while (points.length < SIMULATION_LIMITS.points - 1 && momentOf(points.length) < nowMs)
      points.push(course.accounts.exposure.point(momentOf(points.length)));
  }
  points.push(course.accounts.exposure.point(endMs));
  course.accounts.close(course.fleet, endMs, (state, patch) => course.whyOpen(state, patch.index, endMs));
  input.limits?.progress?.(100);
  return resultOf({
    input,
    course,
    points: points.slice(-SIMULATION_LIMITS.points),
    endMs,
    gaps: gapsOf(input, course),
  });
}

/** Things that happen at moments of their own, in order. */
function momentsOf<Thing>(
  things: readonly Thing[],
  atMsOf: (thing: Thing) => number,
  pass: (thing: Thing) => void,
): { nextMs(): number; passUntil(nowMs: number): void } {
  let at = 0;
  const nextMs = (): number => {
    const next = things[at];
    return next === undefined ? Infinity : atMsOf(next);
  };
  return {
    nextMs,
    passUntil(nowMs) {
      for (let next = things[at]; next !== undefined && atMsOf(next) <= nowMs; next = things[at]) {
        at += 1;
        pass(next);
      }
    },
  };
}

/** Moments at which who is there, or who is frozen, changes. */
function turnsOf({ startMs, freezes, faultsSeed }: SimulationInput, endMs: number): readonly number[] {
  const moments = freezes.flatMap((freeze) => [freeze.startMs, freeze.endMs]);
  if (faultsSeed !== null)
    for (let dayMs = Math.ceil(startMs / DAY_MS) * DAY_MS; dayMs < endMs; dayMs += DAY_MS) moments.push(dayMs);
  return [...new Set(moments)].filter((atMs) => atMs >= startMs && atMs < endMs).sort((a, b) => a - b);
}
