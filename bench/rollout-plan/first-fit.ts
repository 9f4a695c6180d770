import { createCalendarCache, type Interval, type PlanInput } from '@thimble/rollouts';

/**
 * What one would write first: each endpoint in turn looks through its windows, and in each through all lanes, for the first that has room
 * for it. No budgets, no order of urgency: it does less than the planner.
 *
 * @returns how many endpoints found a place.
 */
export function firstFit({ nowMs, horizonMs, rollout }: PlanInput): number {
  const calendar = createCalendarCache();
  const range: Interval = { startMs: nowMs, endMs: nowMs + horizonMs };
  const { policy, members } = rollout;
  const windows = new Map<string, readonly Interval[]>();
  const windowsOf = (zone: string): readonly Interval[] => {
    const found = windows.get(zone) ?? policy.windows.flatMap((rule) => calendar.occurrences(rule, zone, range));
    windows.set(zone, found);
    return found;
  };
  const lanes = policy.rings.map(({ atOnce }, ring) => {
    const size = members.filter((member) => member.ring === ring).length;
    const count = atOnce.kind === 'count' ? atOnce.count : Math.ceil((size * atOnce.percent) / 100);
    return Array.from({ length: count }, (): Interval[] => []);
  });
  let placed = 0;
  for (const { ring, timeZone, expectedMs } of members)
    if (place(lanes[ring] ?? [], windowsOf(timeZone), expectedMs)) placed++;
  return placed;
}

function place(lanes: readonly Interval[][], windows: readonly Interval[], lengthMs: number): boolean {
  for (const { startMs, endMs } of windows)
    for (const lane of lanes) {
      const atMs = lane.reduce((freeMs, busy) => Math.max(freeMs, busy.startMs < endMs ? busy.endMs : 0), startMs);
      if (atMs + lengthMs > endMs) continue;
      lane.push({ startMs: atMs, endMs: atMs + lengthMs });
      return true;
    }
  return false;
}
