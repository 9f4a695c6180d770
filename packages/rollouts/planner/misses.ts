import type { Forecast } from './forecast.ts';
import type { Scene } from './member-steps.ts';
import { overAtMs } from './places.ts';
import type { DeadlineMiss } from './plan.ts';
import type { Statics } from './statics.ts';

const NAMED_AT_MOST = 10;

interface Miss {
  endpoints: number;
  readonly first: string[];
  lastMs: number | null;
}

/** Patches whose deadline does not hold on some endpoint by this plan, the soonest deadline first. */
export function missesOf(scene: Scene, statics: Statics, forecast: Forecast): readonly DeadlineMiss[] {
  const { patches, patchSets, members } = scene.input.rollout;
  const misses = new Map<number, Miss>();
  members.forEach((member, index) => {
    const { hostname, patchSet } = member;
    const deadlineMs = statics.deadlineMs[patchSet] ?? Infinity;
    const endMs = endOf(index, scene, statics, forecast);
    if (endMs === null || endMs <= deadlineMs) return;
    for (const patch of patchSets[patchSet] ?? []) {
      if (endMs <= (patches[patch]?.deadlineMs ?? Infinity)) continue;
      const miss = misses.get(patch) ?? { endpoints: 0, first: [], lastMs: -Infinity };
      misses.set(patch, miss);
      miss.endpoints++;
      if (miss.first.length < NAMED_AT_MOST) miss.first.push(hostname);
      miss.lastMs = miss.lastMs === null || endMs === Infinity ? null : Math.max(miss.lastMs, endMs);
    }
  });
  return [...misses]
    .map(([patch, { endpoints, first, lastMs }]) => ({
      patch: patches[patch]?.key ?? '',
      deadlineMs: patches[patch]?.deadlineMs ?? Infinity,
      endpoints,
      first,
      lastMs,
      advice: [],
    }))
    .sort((a, b) => a.deadlineMs - b.deadlineMs || (a.patch < b.patch ? -1 : 1));
}

/**
 * When an endpoint has its patches; Infinity: not within the horizon; null: it has them, or is off and nothing can be said before its
 * deadline is over.
 */
function endOf(index: number, { input, tallies }: Scene, statics: Statics, { startMs }: Forecast): number | null {
  const { nowMs, rollout } = input;
  const durationMs = statics.classes[statics.classOf[index] ?? -1]?.durationMs ?? 0;
  switch (tallies.standings[index] ?? 'left-out') {
    case 'done':
    case 'left-out':
      return null;
    case 'failed':
      return Infinity;
    case 'offline': {
      const deadlineMs = statics.deadlineMs[rollout.members[index]?.patchSet ?? -1] ?? Infinity;
      return deadlineMs <= nowMs ? Infinity : null;
    }
    case 'busy': {
      const progress = rollout.members[index]?.progress;
      return progress?.kind === 'working' ? overAtMs(progress.sinceMs, durationMs, nowMs) : null;
    }
    case 'waiting': {
      const start = startMs[index] ?? Number.NaN;
      return Number.isNaN(start) ? Infinity : start + durationMs;
    }
  }
}
