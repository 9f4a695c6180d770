import type { Forecast } from './forecast.ts';
import type { Scene } from './member-steps.ts';
import { overAtMs } from './places.ts';
import type { DeadlineMiss } from './plan.ts';

const NAMED_AT_MOST = 10;

/** For patches that are late on somebody: what would make each of their deadlines hold. */
export type Advise = (late: ReadonlySet<number>) => ReadonlyMap<number, readonly string[]>;

/** Patches whose deadline does not hold on some endpoint by this plan, the soonest deadline first. */
export function missesOf(scene: Scene, forecast: Forecast, advise: Advise): readonly DeadlineMiss[] {
  const { patches, members } = scene.input.rollout;
  const misses = new Map<number, { endpoints: number; readonly first: string[]; lastMs: number }>();
  const avoidable = new Set<number>();
  eachLate(scene, forecast, (patch, index, endMs) => {
    const miss = misses.get(patch) ?? { endpoints: 0, first: [], lastMs: -Infinity };
    misses.set(patch, miss);
    miss.endpoints++;
    if (miss.first.length < NAMED_AT_MOST) miss.first.push(members[index]?.hostname ?? '');
    miss.lastMs = Math.max(miss.lastMs, endMs);
    if (isAvoidable(scene, index) && (patches[patch]?.deadlineMs ?? Infinity) > scene.input.nowMs) avoidable.add(patch);
  });
  const advice = avoidable.size === 0 ? new Map<number, readonly string[]>() : advise(avoidable);
  return [...misses]
    .map(([patch, { endpoints, first, lastMs }]) => ({
      patch: patches[patch]?.key ?? '',
      deadlineMs: patches[patch]?.deadlineMs ?? Infinity,
      endpoints,
      first,
      lastMs: lastMs === Infinity ? null : lastMs,
      advice: advice.get(patch) ?? [],
    }))
    .sort((a, b) => a.deadlineMs - b.deadlineMs || (a.patch < b.patch ? -1 : 1));
}

/** Which patches would still be late on endpoints that another policy could help. */
export function lateBy(scene: Scene, forecast: Forecast): ReadonlySet<number> {
  const late = new Set<number>();
  eachLate(scene, forecast, (patch, index) => {
    if (isAvoidable(scene, index)) late.add(patch);
  });
  return late;
}

/** What has failed or is off no window helps. */
function isAvoidable({ roster }: Scene, index: number): boolean {
  return roster.standings[index] === 'waiting' || roster.standings[index] === 'busy';
}

function eachLate(scene: Scene, forecast: Forecast, tell: (patch: number, index: number, endMs: number) => void): void {
  const { patches, patchSets, members } = scene.input.rollout;
  scene.statics.deadlineOf.forEach((deadlineMs, index) => {
    if (deadlineMs === Infinity) return;
    const endMs = endOf(index, deadlineMs, scene, forecast);
    if (endMs === null || endMs <= deadlineMs) return;
    for (const patch of patchSets[members[index]?.patchSet ?? -1] ?? [])
      if (endMs > (patches[patch]?.deadlineMs ?? Infinity)) tell(patch, index, endMs);
  });
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
