import { SIMULATION_LIMITS, type SimulationResult } from '@thimble/protocol';
import { createAccounts } from './accounts.ts';
import { arrivalsOf, type Arrival } from './arrivals.ts';
import { createCatalogue, type Lacking } from './catalogue.ts';
import { createChances } from './chances.ts';
import type { ExposurePoint } from './exposure.ts';
import { freezeOf, selectionAt, startFleet, type EndpointState } from './fleet-state.ts';
import { gapsOf } from './gaps.ts';
import type { SimulationInput } from './input.ts';
import { resultOf } from './result.ts';
import { startRun, type RunMember, type SimulatedRun } from './rollout.ts';
import { createSchedule } from './schedule.ts';
import { stablePlace } from './stable-place.ts';

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
  const catalogue = createCatalogue();
  const fleet = startFleet(input, catalogue);
  const accounts = createAccounts(input, catalogue, startMs);
  const chances = createChances(input.faultsSeed, input.failureShare);
  const schedule = createSchedule(input);
  const blocked = new Set<number>();
  const runs: SimulatedRun[] = [];
  const active = new Map<number, SimulatedRun>();
  const points: ExposurePoint[] = [];
  const every = (days * DAY_MS) / (SIMULATION_LIMITS.points - 1);

  for (const state of fleet)
    for (const index of state.lacks.patches) {
      const patch = catalogue.patches[index];
      if (patch !== undefined) accounts.lacks(state, patch);
    }

  function sampleUntil(nowMs: number): void {
    while (startMs + points.length * every <= nowMs && points.length < SIMULATION_LIMITS.points)
      points.push(accounts.exposure.point(Math.round(startMs + points.length * every)));
  }

  function arrive(arrival: Arrival): void {
    if (arrival.kind === 'kev') {
      for (const patch of catalogue.patches) {
        if (!patch.updates.some(({ name, source }) => name === arrival.packageName || source === arrival.packageName))
          continue;
        patch.updates = patch.updates.map((update) => ({ ...update, kev: update.kev ?? { dueMs: arrival.dueMs } }));
        accounts.exposure.refresh(patch);
      }
      return;
    }
    const { update, percent, atMs } = arrival;
    const patch = catalogue.add(update.patch, [update], atMs);
    for (const state of fleet) {
      if (stablePlace(`${update.patch} ${state.endpoint.id}`) * 100 >= percent) continue;
      state.lacks = catalogue.withOne(state.lacks, patch.index);
      accounts.lacks(state, patch);
    }
  }

  /** Who lacks something that the policy takes, and is in no rollout that is not over. */
  function membersOf(policyIndex: number, nowMs: number): readonly RunMember[] {
    const policy = policies[policyIndex];
    if (policy === undefined) return [];
    const select = selectionAt(policy.policy, catalogue, blocked, nowMs);
    return fleet.flatMap((state): readonly RunMember[] => {
      if (state.policy !== policyIndex || state.ring < 0) return [];
      const set = select(state.lacks);
      return set.patches.length === 0 ? [] : [{ state, set }];
    });
  }

  function start(policyIndex: number, nowMs: number): void {
    const policy = policies[policyIndex];
    if (policy === undefined || active.has(policyIndex)) return;
    const members = membersOf(policyIndex, nowMs);
    if (members.length === 0) return;
    const run = startRun(runs.length + 1, policy, members, nowMs, {
      catalogue,
      accounts,
      chances,
      blackouts: policy.policy.blackouts.flatMap((calendar) =>
        (input.calendars.get(calendar) ?? []).map((interval) => ({ ...interval, calendar })),
      ),
      holdOf: ({ endpoint }, atMs) => (input.freezes.length === 0 ? null : freezeOf(input, endpoint, atMs)),
      block: (set: Lacking) => {
        for (const patch of set.patches) blocked.add(patch);
      },
    });
    runs.push(run);
    active.set(policyIndex, run);
    run.advance(nowMs);
  }

  function turn(nowMs: number): void {
    for (const state of fleet)
      state.online = state.endpoint.online && !chances.isAway(state.endpoint.id, Math.floor(nowMs / DAY_MS));
    for (const run of active.values()) run.refresh(nowMs);
  }

  const arrivals = arrivalsOf(input);
  const turns = turnsOf(input, endMs);
  let [arrived, turned, toldPercent] = [0, 0, -1];
  for (let nowMs = startMs; ;) {
    while ((arrivals[arrived]?.atMs ?? Infinity) <= nowMs) {
      const arrival = arrivals[arrived];
      arrived += 1;
      if (arrival !== undefined) arrive(arrival);
    }
    while ((turns[turned] ?? Infinity) <= nowMs) {
      turned += 1;
      turn(nowMs);
    }
    for (const [index, run] of active) {
      if (run.nextMs <= nowMs) run.advance(nowMs);
      if (run.state !== 'running') active.delete(index);
    }
    policies.forEach((_, index) => {
      if (schedule.isDue(index, nowMs) || (!active.has(index) && isUrgent(index, nowMs))) start(index, nowMs);
    });
    const percent = Math.floor((100 * (nowMs - startMs)) / (endMs - startMs));
    if (percent > toldPercent) input.limits?.progress?.(percent);
    toldPercent = percent;
    const nextMs = Math.min(
      endMs,
      arrivals[arrived]?.atMs ?? Infinity,
      turns[turned] ?? Infinity,
      schedule.nextMs(nowMs),
      ...[...active.values()].map((run) => run.nextMs),
    );
    sampleUntil(Math.min(nextMs, endMs) - 1);
    if (nextMs >= endMs) break;
    nowMs = nextMs;
  }

  /** Something that its policy starts a rollout for at once, and that no rollout has tried yet. */
  function isUrgent(index: number, nowMs: number): boolean {
    return schedule.isUrgent(index, catalogue, () => membersOf(index, nowMs), runs, nowMs);
  }

  sampleUntil(endMs);
  accounts.close(fleet, endMs, (state, patch) => whyOpen(state, patch.index));
  input.limits?.progress?.(100);
  return resultOf({ input, fleet, catalogue, accounts, runs, points, endMs, gaps: gapsOf(input, fleet, catalogue) });

  function whyOpen(state: EndpointState, patch: number): string {
    const policy = policies[state.policy];
    if (policy === undefined) return 'no policy takes this endpoint';
    if (state.ring < 0) return `policy ${policy.policy.name} has no ring for this endpoint`;
    if (blocked.has(patch)) return 'it was recalled after it failed';
    const last = runs.findLast((run) => run.policy === policy && run.patches.includes(patch));
    const member = last?.members.some((each) => each.state === state && each.set.patches.includes(patch)) ?? false;
    if (last !== undefined && member) return last.why(state.endpoint.id);
    const { taken } = { taken: selectionAt(policy.policy, catalogue, blocked, endMs)(catalogue.setOf([patch])) };
    return taken.patches.length === 0
      ? `policy ${policy.policy.name} does not take it`
      : 'waits for the next rollout of its policy';
  }
}

/** Moments at which who is there, or who is frozen, changes. */
function turnsOf({ startMs, freezes, faultsSeed }: SimulationInput, endMs: number): readonly number[] {
  const moments = freezes.flatMap((freeze) => [freeze.startMs, freeze.endMs]);
  if (faultsSeed !== null)
    for (let dayMs = Math.ceil(startMs / DAY_MS) * DAY_MS; dayMs < endMs; dayMs += DAY_MS) moments.push(dayMs);
  return [...new Set(moments)].filter((atMs) => atMs >= startMs && atMs < endMs).sort((a, b) => a - b);
}
