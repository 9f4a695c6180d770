import { matchesUpdate, occurrences } from '@thimble/rollouts';
import type { Course } from './course.ts';
import type { SimulatedPolicy, SimulationInput } from './input.ts';

/** When rollouts begin. */
export interface Schedule {
  /** Whether the policy's calendar starts one now, or something is pending for which it starts one at once. */
  isDue(policy: SimulatedPolicy, nowMs: number): boolean;
  /** When a calendar starts one next; infinity: none does. */
  nextMs(nowMs: number): number;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export function createSchedule(input: SimulationInput, course: Course): Schedule {
  const starts = new Map(input.policies.map((policy) => [policy, startsOf(policy, input)]));
  const all = [...new Set([...starts.values()].flatMap((own) => [...own]))].sort((a, b) => a - b);

  /** Each patch is urgent once: what a rollout has had is not started for again and again. */
  function isUrgent(policy: SimulatedPolicy, nowMs: number): boolean {
    const filter = policy.policy.start.urgent;
    if (filter === null || course.active.has(policy)) return false;
    const had = new Set(course.runs.flatMap((run) => (run.policy === policy ? run.patches : [])));
    const urgent = new Set(
      course.catalogue.patches
        .filter(({ index, updates }) => !had.has(index) && updates.some((each) => matchesUpdate(filter, each, nowMs)))
        .map(({ index }) => index),
    );
    if (urgent.size === 0) return false;
    return course.membersOf(policy, nowMs).some(({ set }) => set.patches.some((patch) => urgent.has(patch)));
  }

  return {
    isDue: (policy, nowMs) => (starts.get(policy)?.has(nowMs) ?? false) || isUrgent(policy, nowMs),
    nextMs: (nowMs) => all.find((atMs) => atMs > nowMs) ?? Infinity,
  };
}

function startsOf({ policy }: SimulatedPolicy, { startMs, days }: SimulationInput): ReadonlySet<number> {
  const endMs = startMs + days * DAY_MS;
  const { every, urgent } = policy.start;
  // A start lasts no time, and what lasts none is no window: it is given a moment.
  if (every !== null)
    return new Set(
      occurrences({ ...every, durationMs: 1 }, 'UTC', { startMs, endMs }).map((occurrence) => occurrence.startMs),
    );
  if (urgent !== null) return new Set();
  // Nobody's calendar starts it: people are taken to do so now, and once a week. See `gapsOf`.
  return new Set(Array.from({ length: Math.ceil(days / 7) }, (_, week) => startMs + week * WEEK_MS));
}
