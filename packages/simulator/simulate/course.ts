import { createAccounts, type Accounts } from './accounts.ts';
import type { Arrival } from './arrivals.ts';
import { createCatalogue, type Catalogue } from './catalogue.ts';
import { createChances } from './chances.ts';
import { freezeOf, selectionAt, startFleet, type EndpointState } from './fleet-state.ts';
import type { SimulatedPolicy, SimulationInput } from './input.ts';
import type { RunMember } from './run/member-facts.ts';
import { startRun, type SimulatedRun } from './run/run.ts';
import { stablePlace } from './stable-place.ts';

/** Everything that changes while the days go by. */
export interface Course {
  readonly fleet: readonly EndpointState[];
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  /** All rollouts, in the order in which they began. */
  readonly runs: readonly SimulatedRun[];
  /** Those that are not over, by policy: one each at most. */
  readonly active: ReadonlyMap<SimulatedPolicy, SimulatedRun>;
  arrive(arrival: Arrival): void;
  /** Who is there, and who is frozen, may have changed. */
  turn(nowMs: number): void;
  /** Moves rollouts on whose time has come. */
  advance(nowMs: number): void;
  /** What a rollout that began now would do. */
  membersOf(policy: SimulatedPolicy, nowMs: number): readonly RunMember[];
  /** Unless one is under way, or nothing is to be done. */
  start(policy: SimulatedPolicy, nowMs: number): void;
  /** Why an endpoint lacks a patch. */
  whyOpen(state: EndpointState, patch: number, nowMs: number): string;
}

const DAY_MS = 86_400_000;

export function createCourse(input: SimulationInput): Course {
  const { calendars, startMs } = input;
  const catalogue = createCatalogue();
  const fleet = startFleet(input, catalogue);
  const accounts = createAccounts(catalogue, startMs);
  const chances = createChances(input.faultsSeed, input.failureShare);
  const blocked = new Set<number>();
  const runs: SimulatedRun[] = [];
  const active = new Map<SimulatedPolicy, SimulatedRun>();
  for (const state of fleet) for (const patch of state.lacks.patches) accounts.lacks(state, catalogue.patch(patch));

  function becomeExploited(packageName: string, dueMs: number): void {
    for (const patch of catalogue.patches) {
      if (!patch.updates.some(({ name, source }) => name === packageName || source === packageName)) continue;
      patch.updates = patch.updates.map((update) => ({ ...update, kev: update.kev ?? { dueMs } }));
      accounts.exposure.refresh(patch);
    }
  }

  function membersOf(policy: SimulatedPolicy, nowMs: number): readonly RunMember[] {
    const select = selectionAt(policy.policy, catalogue, blocked, nowMs);
    return fleet.flatMap((state): readonly RunMember[] => {
      if (state.policy !== policy || state.ring === null) return [];
      const set = select(state.lacks);
      return set.patches.length === 0 ? [] : [{ state, set }];
    });
  }

  return {
    fleet,
    catalogue,
    accounts,
    runs,
    active,
    membersOf,
    arrive(arrival) {
      if (arrival.kind === 'kev') return becomeExploited(arrival.packageName, arrival.dueMs);
      const { update, percent, atMs } = arrival;
      const patch = catalogue.add(update.patch, [update], atMs);
      for (const state of fleet) {
        if (stablePlace(`${update.patch} ${state.endpoint.id}`) * 100 >= percent) continue;
        state.lacks = catalogue.withOne(state.lacks, patch.index);
        accounts.lacks(state, patch);
      }
    },
    turn(nowMs) {
      const day = Math.floor(nowMs / DAY_MS);
      for (const state of fleet) state.online = state.endpoint.online && !chances.isAway(state.endpoint.id, day);
      for (const run of active.values()) run.refresh(nowMs);
    },
    advance(nowMs) {
      for (const [policy, run] of active) {
        if (run.nextMs <= nowMs) run.advance(nowMs);
        if (run.state !== 'running') active.delete(policy);
      }
    },
    start(policy, nowMs) {
      const members = active.has(policy) ? [] : membersOf(policy, nowMs);
      if (members.length === 0) return;
      const world = {
        number: runs.length + 1,
        policy,
        members,
        catalogue,
        accounts,
        chances,
        blackouts: policy.policy.blackouts.flatMap((calendar) =>
          (calendars.get(calendar) ?? []).map((interval) => ({ ...interval, calendar })),
        ),
        holdOf: ({ endpoint }: EndpointState, atMs: number) => freezeOf(input.freezes, endpoint, atMs),
        block: ({ patches }: RunMember['set']) => {
          for (const patch of patches) blocked.add(patch);
        },
      };
      const run = startRun(world, nowMs);
      runs.push(run);
      active.set(policy, run);
      run.advance(nowMs);
    },
    whyOpen(state, patch, nowMs) {
      const { policy, ring } = state;
      if (policy === null) return 'no policy takes this endpoint';
      const { name } = policy.policy;
      if (ring === null) return `policy ${name} has no ring for this endpoint`;
      if (blocked.has(patch)) return 'it was recalled after it failed';
      const last = runs.findLast((run) => run.policy === policy && run.has(state, patch));
      if (last !== undefined) return last.why(state.endpoint.id);
      const taken = selectionAt(policy.policy, catalogue, blocked, nowMs)(catalogue.setOf([patch]));
      return taken.patches.length === 0
        ? `policy ${name} does not take it`
        : 'waits for the next rollout of its policy';
    },
  };
}
