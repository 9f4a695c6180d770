import { type CalendarCache, type Interval, type Policy, subtract } from '@thimble/rollouts';
import type { FleetMember } from '../fleet/endpoint-traits.ts';

/** A stretch in which a policy's endpoints of one zone may be worked on. */
export interface OpenWindow extends Interval {
  readonly window: string;
  readonly timeZone: string;
}

/** Windows that open later are not waited for on a screen. */
export const HORIZON_MS = 366 * 86_400_000;

/** The next opening of each window in each zone, or the one that is open now, the soonest first. What blackouts take away does not count. */
export function nextWindows(
  calendar: CalendarCache,
  { windows }: Pick<Policy, 'windows'>,
  zones: readonly string[],
  blackouts: readonly Interval[],
  nowMs: number,
): readonly OpenWindow[] {
  const range = { startMs: nowMs, endMs: nowMs + HORIZON_MS };
  return windows
    .flatMap((rule) =>
      (rule.timeZone === 'endpoint' ? zones : [rule.timeZone]).flatMap((timeZone): OpenWindow | [] => {
        const [first] = subtract(calendar.occurrences(rule, timeZone, range), blackouts);
        return first === undefined ? [] : { window: rule.name, timeZone, ...first };
      }),
    )
    .sort((a, b) => a.startMs - b.startMs || (a.window < b.window ? -1 : 1));
}

/** Zones of these endpoints; of none the server's, so that a policy without endpoints has windows to look at. */
export function zonesOf(members: readonly FleetMember[], serverZone: string): readonly string[] {
  const zones = [...new Set(members.map(({ timeZone }) => timeZone))].sort();
  return zones.length === 0 ? [serverZone] : zones;
}
