import { createCalendarCache, subtract, union, type Interval } from '../../calendar/index.ts';
import type { MemberFacts } from '../facts.ts';
import type { Slot } from '../plan.ts';
import type { Case, Finding } from './case.ts';

const DAY_MS = 24 * 3_600_000;

/** What disrupts begins in a window, outside blackouts, and so that it ends in time. Putting back what is broken waits for nothing. */
export function allowedMoments(what: Case): readonly Finding[] {
  const allowed = allowedOf(what);
  return what.actions.flatMap(({ action, member }): readonly Finding[] => {
    const { kind, endpointId } = action;
    if (kind !== 'apply' && kind !== 'reboot' && kind !== 'restart-services') return [];
    const stretch = at(allowed(member), what.nowMs);
    const say = (message: string): readonly Finding[] => [
      { rule: 'window', endpointId, message: `${kind}: ${message}` },
    ];
    if (stretch === null) return say('no window is open');
    if (action.startBeforeMs < what.nowMs) return say('it could not begin any more');
    const lengthMs = kind === 'apply' ? member.expectedMs : 0;
    return action.startBeforeMs + lengthMs > stretch.endMs ? say('it could end after its window') : [];
  });
}

/** Slots that are planned ahead lie in windows as well. */
export function slots(what: Case): readonly Finding[] {
  const allowed = allowedOf(what);
  return what.rollout.members.flatMap((member, index): readonly Finding[] => {
    const slot = what.plan.assignments[index]?.slot ?? null;
    const problem = slot === null ? null : problemOf(slot, member, allowed(member), what.nowMs);
    return problem === null ? [] : [{ rule: 'slots', endpointId: member.endpointId, message: problem }];
  });
}

function problemOf(slot: Slot, member: MemberFacts, allowed: readonly Interval[], nowMs: number): string | null {
  if (slot.startMs < nowMs) return 'its slot is over';
  if (slot.startBeforeMs < slot.startMs) return 'its slot ends before it begins';
  const stretch = at(allowed, slot.startMs);
  if (stretch === null) return 'its slot is in no window';
  return slot.startBeforeMs + member.expectedMs > stretch.endMs ? 'its slot could end after its window' : null;
}

/** When each endpoint may be worked on: sorted and disjoint. */
function allowedOf({ rollout, input: { nowMs, horizonMs } }: Case): (member: MemberFacts) => readonly Interval[] {
  const { policy, blackouts } = rollout;
  const calendar = createCalendarCache();
  // Windows that touch are one; so far behind the horizon the last of them has ended, as far as an installation goes.
  const range = { startMs: nowMs - DAY_MS, endMs: nowMs + horizonMs + 30 * DAY_MS };
  const known = new Map<string, readonly Interval[]>();
  return ({ ring, timeZone }) => {
    const key = `${ring} ${timeZone}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const named = policy.rings[ring]?.windows ?? [];
    const rules = named.length === 0 ? policy.windows : named.flatMap((index) => policy.windows[index] ?? []);
    const open =
      policy.windows.length === 0
        ? [{ startMs: range.startMs, endMs: Infinity }]
        : union(...rules.map((rule) => calendar.occurrences(rule, timeZone, range)));
    const allowed = subtract(open, blackouts);
    known.set(key, allowed);
    return allowed;
  };
}

function at(intervals: readonly Interval[], momentMs: number): Interval | null {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle]?.startMs ?? Infinity) <= momentMs) low = middle + 1;
    else high = middle;
  }
  const found = intervals[low - 1];
  return found !== undefined && momentMs < found.endMs ? found : null;
}
