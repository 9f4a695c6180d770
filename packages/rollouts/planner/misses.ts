import type { Forecast } from './forecast.ts';
import type { Scene } from './member-steps.ts';
import { overAtMs } from './places.ts';
import type { DeadlineMiss } from './plan.ts';

const NAMED_AT_MOST = 10;

interface Miss {
  endpoints: number;
  readonly first: string[];
  lastMs: number | null;
}

/** Patches whose deadline does not hold on some endpoint by this plan, the soonest deadline first. */
export function missesOf(scene: Scene, forecast: Forecast): readonly DeadlineMiss[] {
  const { patches, patchSets, members } = scene.input.rollout;
  const misses = new Map<number, Miss>();
  scene.statics.deadlineOf.forEach((deadlineMs, index) => {
    const endMs = endOf(index, deadlineMs, scene, forecast);
    const member = endMs === null || endMs <= deadlineMs ? undefined : members[index];
    if (member === undefined || endMs === null) return;
    const { hostname, patchSet } = member;
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
function endOf(
  index: number,
  deadlineMs: number,
  { input: { nowMs }, statics, roster: { standings, touchedMs } }: Scene,
  { startMs }: Forecast,
): number | null {
  const durationMs = statics.durationOf[index] ?? 0;
  switch (standings[index] ?? 'left-out') {
    case 'done':
    case 'left-out':
      return null;
    case 'failed':
      return Infinity;
    case 'offline':
      return deadlineMs <= nowMs ? Infinity : null;
    case 'busy':
      return overAtMs(touchedMs[index] ?? nowMs, durationMs, nowMs);
    case 'waiting': {
      const start = startMs[index] ?? Number.NaN;
      return Number.isNaN(start) ? Infinity : start + durationMs;
    }
  }
}
