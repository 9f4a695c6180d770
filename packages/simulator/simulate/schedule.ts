import { matchesUpdate, occurrences } from '@thimble/rollouts';
import type { Catalogue } from './catalogue.ts';
import type { SimulationInput } from './input.ts';
import type { RunMember, SimulatedRun } from './rollout.ts';

/** When rollouts of each policy begin. */
export interface Schedule {
  /** Whether its calendar starts one now. */
  isDue(policy: number, nowMs: number): boolean;
  /** Whether something is pending for which it starts one at once, and which no rollout of it has had on any of these endpoints. */
  isUrgent(
    policy: number,
    catalogue: Catalogue,
    members: () => readonly RunMember[],
    runs: readonly SimulatedRun[],
    nowMs: number,
  ): boolean;
  nextMs(nowMs: number): number;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export function createSchedule({ policies, startMs, days }: SimulationInput): Schedule {
  const range = { startMs, endMs: startMs + days * DAY_MS };
  const starts = policies.map(({ policy }): readonly number[] => {
    // A start lasts no time, and what lasts none is no window: it is given a moment.
    if (policy.start.every !== null)
      return occurrences({ ...policy.start.every, durationMs: 1 }, 'UTC', range)
        .map((occurrence) => occurrence.startMs)
        .filter((atMs) => atMs >= startMs);
    // Nobody's calendar starts it: people are taken to do so now, and once a week. See `gapsOf`.
    return policy.start.urgent === null
      ? Array.from({ length: Math.ceil((days * DAY_MS) / WEEK_MS) }, (_, week) => startMs + week * WEEK_MS)
      : [];
  });
  const tried = policies.map(() => new Set<number>());
  return {
    isDue: (policy, nowMs) => starts[policy]?.includes(nowMs) ?? false,
    isUrgent(policy, catalogue, members, runs, nowMs) {
      const filter = policies[policy]?.policy.start.urgent ?? null;
      const known = tried[policy];
      if (filter === null || known === undefined) return false;
      for (const run of runs) if (run.policy === policies[policy]) for (const patch of run.patches) known.add(patch);
      const urgent = new Set(
        catalogue.patches
          .filter(
            ({ index, updates }) => !known.has(index) && updates.some((each) => matchesUpdate(filter, each, nowMs)),
          )
          .map(({ index }) => index),
      );
      return urgent.size > 0 && members().some(({ set }) => set.patches.some((patch) => urgent.has(patch)));
    },
    nextMs(nowMs) {
      let next = Infinity;
      for (const own of starts) for (const atMs of own) if (atMs > nowMs && atMs < next) next = atMs;
      return next;
    },
  };
}
