import type { CalendarCache } from '../calendar/index.ts';
import type { Policy } from '../policy/policy.ts';
import type { MemberFacts, PlanInput, RolloutFacts } from './facts.ts';
import { hoursOf, type Hours } from './openings.ts';
import { firstDeadlines, orderOfUrgency } from './urgency.ts';

/** What follows from what does not change while a rollout goes on. */
export interface Statics {
  /** By `classOf`: ring, windows, groups and length together. Work of one class differs in nothing but its urgency. */
  readonly classes: readonly StaticClass[];
  readonly classOf: Int32Array;
  /** For each ring its members, the most urgent first. */
  readonly byUrgency: readonly Int32Array[];
  /** For each set of patches the soonest of their deadlines; Infinity: none. */
  readonly deadlineMs: Float64Array;
  /** For each member the soonest deadline, and how long its work takes. */
  readonly deadlineOf: Float64Array;
  readonly durationOf: Float64Array;
}

export interface StaticClass extends Hours {
  readonly ring: number;
  /** Whole minutes, rounded up: endpoints that take about as long are packed alike. */
  readonly durationMs: number;
  /** Places that it takes; see `groupTable`. */
  readonly groups: readonly number[];
}

/**
 * Places are counted by group: the first of them are the rings (work at once), then the distances between reboots of each ring, then
 * the groups of the budgets.
 */
export function groupTable({ rings }: Policy): {
  readonly ring: (ring: number) => number;
  readonly reboots: (ring: number) => number;
  readonly budget: (group: number) => number;
} {
  return {
    ring: (ring) => ring,
    reboots: (ring) => rings.length + ring,
    budget: (group) => 2 * rings.length + group,
  };
}

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 3_600_000;

export function buildStatics(input: PlanInput, calendar: CalendarCache): Statics {
  const { rollout } = input;
  const range = calendarRange(input);
  const hours = memoOfHours(rollout, range, calendar);
  const groups = groupTable(rollout.policy);
  const classes: StaticClass[] = [];
  const known = new Map<string, number>();
  const classOf = new Int32Array(rollout.members.length);
  rollout.members.forEach((member, index) => {
    const durationMs = Math.max(1, Math.ceil(member.expectedMs / MINUTE_MS)) * MINUTE_MS;
    const key = `${member.ring} ${member.timeZone} ${durationMs} ${member.budgetGroups.join()}`;
    const found =
      known.get(key) ??
      classes.push({
        ring: member.ring,
        ...hours(member.ring, member.timeZone),
        durationMs,
        groups: [groups.ring(member.ring), ...member.budgetGroups.map(groups.budget)],
      }) - 1;
    known.set(key, found);
    classOf[index] = found;
  });
  const deadlineMs = firstDeadlines(rollout);
  const lookAheadUntilMs = rollout.startedAtMs + input.horizonMs;
  const byUrgency = orderOfUrgency(rollout, { classes, classOf, deadlineMs }, lookAheadUntilMs);
  return {
    classes,
    classOf,
    byUrgency,
    deadlineMs,
    deadlineOf: Float64Array.from(rollout.members, ({ patchSet }) => deadlineMs[patchSet] ?? Infinity),
    durationOf: Float64Array.from(classOf, (index) => classes[index]?.durationMs ?? 0),
  };
}

/** Whole weeks from the start of the rollout, so that windows are worked out once and not at each moment anew. */
function calendarRange({ nowMs, horizonMs, rollout: { startedAtMs } }: PlanInput): {
  readonly startMs: number;
  readonly endMs: number;
} {
  const startMs = Math.min(startedAtMs, nowMs);
  return { startMs, endMs: startMs + (Math.ceil((nowMs + horizonMs - startMs) / WEEK_MS) + 1) * WEEK_MS };
}

function memoOfHours(
  { policy, blackouts }: RolloutFacts,
  range: { readonly startMs: number; readonly endMs: number },
  calendar: CalendarCache,
): (ring: number, zone: string) => Hours {
  const known = new Map<string, Hours>();
  return (ring, zone) => {
    const indexes = policy.rings[ring]?.windows ?? [];
    const windows =
      indexes.length === 0 ? policy.windows : policy.windows.filter((_, index) => indexes.includes(index));
    const key = `${windows.map(({ name }) => name).join()} ${zone}`;
    const found = known.get(key) ?? hoursOf(windows, zone, blackouts, range, calendar);
    known.set(key, found);
    return found;
  };
}

/** Whether statics that were built for one input hold for another: the same objects, or others that say the same. */
export function sameStatics(before: PlanInput, now: PlanInput): boolean {
  const [a, b] = [before.rollout, now.rollout];
  const [rangeBefore, rangeNow] = [calendarRange(before), calendarRange(now)];
  return (
    rangeBefore.startMs === rangeNow.startMs &&
    rangeBefore.endMs === rangeNow.endMs &&
    before.horizonMs === now.horizonMs &&
    a.startedAtMs === b.startedAtMs &&
    a.policy === b.policy &&
    a.patches === b.patches &&
    a.patchSets === b.patchSets &&
    a.budgetGroups === b.budgetGroups &&
    sameBlackouts(a.blackouts, b.blackouts) &&
    a.members.length === b.members.length &&
    a.members.every((member, index) => isLike(member, b.members[index]))
  );
}

function sameBlackouts(a: RolloutFacts['blackouts'], b: RolloutFacts['blackouts']): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every(({ startMs, endMs }, index) => b[index]?.startMs === startMs && b[index]?.endMs === endMs))
  );
}

function isLike(a: MemberFacts, b: MemberFacts | undefined): boolean {
  if (a === b) return true;
  return (
    b !== undefined &&
    a.ring === b.ring &&
    a.timeZone === b.timeZone &&
    a.patchSet === b.patchSet &&
    a.expectedMs === b.expectedMs &&
    (a.budgetGroups === b.budgetGroups || a.budgetGroups.join() === b.budgetGroups.join())
  );
}
