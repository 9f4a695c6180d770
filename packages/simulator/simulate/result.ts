import { SIMULATION_LIMITS, type Gap, type SimulationResult } from '@thimble/protocol';
import { gateInWords } from '@thimble/rollouts';
import type { Course } from './course.ts';
import type { ExposurePoint } from './exposure.ts';
import type { SimulationInput } from './input.ts';
import type { Pair } from './pairs.ts';
import type { SimulatedRun } from './run/run.ts';
import { summaryOf } from './summary.ts';

const DAY_MS = 86_400_000;

export interface Simulated {
  readonly input: SimulationInput;
  readonly course: Course;
  readonly points: readonly ExposurePoint[];
  readonly endMs: number;
  readonly gaps: readonly Gap[];
}

/** All of it as it is shown: bounded, and nothing but data. */
export function resultOf(simulated: Simulated): SimulationResult {
  const { input, course, points, endMs, gaps } = simulated;
  const { accounts, runs } = course;
  const loads = accounts.loads.all;
  const totals = totalsOf(simulated);
  const misses = missesOf(simulated);
  return {
    startsAt: iso(input.startMs),
    endsAt: iso(endMs),
    days: input.days,
    policies: input.policies.map(({ policy }) => policy.name).slice(0, SIMULATION_LIMITS.items),
    faultsSeed: input.faultsSeed,
    summary: [...summaryOf({ totals, misses, runs, deadlines: deadlinesWithin(simulated), endMs })],
    totals,
    exposure: points.map(({ atMs, ...point }) => ({ at: iso(atMs), ...point })),
    misses: { total: misses.length, items: misses.slice(0, SIMULATION_LIMITS.misses) },
    windows: {
      total: loads.length,
      items: loads.slice(0, SIMULATION_LIMITS.items).map(({ startMs, endMs: endsMs, ...load }) => ({
        ...load,
        startsAt: iso(startMs),
        endsAt: iso(endsMs),
      })),
    },
    traffic: [...accounts.traffic].sort(([a], [b]) => a - b).map(([day, bytes]) => ({ day: iso(day * DAY_MS), bytes })),
    rollouts: { total: runs.length, items: runs.slice(0, SIMULATION_LIMITS.rollouts).map(rolloutOf) },
    timeline: { total: accounts.pairs.total, items: accounts.pairs.first.map(patchOf) },
    gaps: [...gaps],
  };
}

function totalsOf({ course: { fleet, accounts } }: Simulated): SimulationResult['totals'] {
  const { counts, days } = accounts;
  const { exposureMs, ...whole } = counts;
  return {
    endpoints: fleet.length,
    withoutPolicy: fleet.filter(({ policy }) => policy === null).length,
    ...whole,
    exposureDays: rounded(exposureMs / DAY_MS),
    medianDays: days.percentile(50),
    p95Days: days.percentile(95),
  };
}

function deadlinesWithin({ course: { accounts }, endMs }: Simulated): number {
  return [...accounts.exposure.lanes].filter(({ deadlineMs }) => deadlineMs !== null && deadlineMs <= endMs).length;
}

function missesOf({ course: { accounts, runs } }: Simulated): SimulationResult['misses']['items'] {
  return [...accounts.misses]
    .map(([{ patch, deadlineMs, policy }, { endpoints, first, lastMs }]) => ({
      patch: patch.key,
      deadline: iso(deadlineMs ?? 0),
      endpoints,
      first,
      lastAt: lastMs === null ? null : iso(lastMs),
      advice: runs
        .filter((run) => run.policy === policy)
        .flatMap((run) => run.advice.get(patch.key) ?? [])
        .filter((line, at, all) => all.indexOf(line) === at)
        .slice(0, 10),
    }))
    .sort((a, b) => (a.deadline < b.deadline ? -1 : a.deadline > b.deadline ? 1 : b.endpoints - a.endpoints));
}

function rolloutOf(run: SimulatedRun): SimulationResult['rollouts']['items'][number] {
  const { report, policy, startMs, endedMs, state, members, patches, rings } = run;
  return {
    name: `${policy.policy.name} ${iso(startMs).slice(0, 10)}`,
    policy: policy.policy.name,
    startsAt: iso(startMs),
    endsAt: endedMs === null ? null : iso(endedMs),
    state,
    endpoints: members.length,
    patches: patches.length,
    rings: (report?.rings ?? []).map(({ name, members: of, counts, why }, at) => ({
      name,
      members: of,
      done: counts.done,
      failed: counts.failed,
      opensAt: isoOrNull(rings[at]?.openedAtMs ?? null),
      endsAt: isoOrNull(run.lastDoneMs(at)),
      passesAt: isoOrNull(rings[at]?.passedAtMs ?? null),
      why: why === null ? '' : gateInWords(why),
    })),
    explanation: report?.explanation ?? '',
  };
}

function patchOf(pair: Pair): SimulationResult['timeline']['items'][number] {
  const { sinceMs, installedMs, deadlineMs, ...rest } = pair;
  return { ...rest, since: iso(sinceMs), installedAt: isoOrNull(installedMs), deadline: isoOrNull(deadlineMs) };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}
