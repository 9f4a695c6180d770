import { union } from './intervals.ts';
import { dayOf, recurringDates, type DayNumber } from './recurring-dates.ts';
import type { Interval, WindowRule } from './window-rule.ts';
import { zoneClock } from './zone-time.ts';

/** Windows of many rules in many zones, each worked out once. Whoever plans keeps one. */
export interface CalendarCache {
  /**
   * All windows of the rule that overlap the range, sorted and disjoint; those that overlap or touch are one. `zone` counts where the
   * rule says `endpoint`. Lengths are elapsed time. Throws RangeError for a zone that is not known, and for a
   * range without an end.
   */
  readonly occurrences: (rule: WindowRule, zone: string, range: Interval, limit?: number) => readonly Interval[];
  /** The moments of the range at which the rule begins: for rules that are no windows. */
  readonly starts: (rule: WindowRule, zone: string, range: Interval) => readonly number[];
}

const DAY_MS = 86_400_000;
/** No clock is further from UTC. */
const FURTHEST_OFFSET_MS = 26 * 3_600_000;
/** A rule in a zone takes some 10 kB; with more of them, all are forgotten. */
const MAX_RULES_IN_ZONES = 10_000;
/** Who asks for more has no end in mind. */
const LONGEST_RANGE_MS = 50 * 366 * DAY_MS;

/** What was asked last of a rule in a zone: a plan asks the same for each of its endpoints. */
interface Latest extends Interval {
  readonly limit: number;
  readonly windows: readonly Interval[];
}

export function createCalendarCache(): CalendarCache {
  const datesByRule = new Map<string, Map<number, readonly DayNumber[]>>();
  const startsByRule = new Map<string, Map<number, readonly number[]>>();
  const latestByRule = new WeakMap<WindowRule, Map<string, Latest>>();

  const datesOf = (rule: WindowRule, year: number): readonly DayNumber[] => {
    const years = memo(datesByRule, dateKey(rule), () => new Map());
    return memo(years, year, () => datesOfYear(rule, year));
  };
  const startsOf = (rule: WindowRule, zone: string): ((year: number) => readonly number[]) => {
    const place = rule.timeZone === 'endpoint' ? zone : rule.timeZone;
    if (startsByRule.size >= MAX_RULES_IN_ZONES) for (const known of [startsByRule, datesByRule]) known.clear();
    const years = memo(startsByRule, `${dateKey(rule)}|${rule.at}|${place}`, () => new Map());
    return (year) => memo(years, year, () => startsOfDates(datesOf(rule, year), rule.at, place));
  };

  /** Starts after `afterMs` and before `untilMs`. */
  const startsBetween = (rule: WindowRule, zone: string, afterMs: number, untilMs: number): readonly number[] => {
    if (!(untilMs - afterMs <= LONGEST_RANGE_MS)) throw new RangeError('windows are asked for without an end');
    const inYear = startsOf(rule, zone);
    const found: number[] = [];
    const lastYear = yearOf(untilMs + FURTHEST_OFFSET_MS);
    for (let year = yearOf(afterMs - FURTHEST_OFFSET_MS); year <= lastYear; year++)
      for (const startMs of inYear(year)) if (startMs > afterMs && startMs < untilMs) found.push(startMs);
    return found;
  };

  return {
    occurrences: (rule, zone, { startMs, endMs }, limit = Infinity) => {
      const latest = memo(latestByRule, rule, () => new Map());
      const known = latest.get(zone);
      if (known?.startMs === startMs && known.endMs === endMs && known.limit === limit) return known.windows;
      const starts = startsBetween(rule, zone, startMs - rule.durationMs, endMs);
      const windows = union(starts.map((start) => ({ startMs: start, endMs: start + rule.durationMs }))).slice(
        0,
        limit,
      );
      latest.set(zone, { startMs, endMs, limit, windows });
      return windows;
    },
    starts: (rule, zone, { startMs, endMs }) => startsBetween(rule, zone, startMs - 1, endMs),
  };
}

/** `occurrences` of a cache that is thrown away: for few questions. */
export function occurrences(rule: WindowRule, zone: string, range: Interval, limit?: number): readonly Interval[] {
  return createCalendarCache().occurrences(rule, zone, range, limit);
}

function datesOfYear(rule: WindowRule, year: number): readonly DayNumber[] {
  const first = Date.UTC(year, 0, 1) / DAY_MS - rule.shiftDays;
  const last = Date.UTC(year, 11, 31) / DAY_MS - rule.shiftDays;
  const except = new Set(rule.except.map(dayOf));
  return recurringDates(rule.rrule, rule.from, first, last)
    .map((day) => day + rule.shiftDays)
    .filter((day) => !except.has(day));
}

function startsOfDates(dates: readonly DayNumber[], at: string, zone: string): readonly number[] {
  const clock = zoneClock(zone);
  const timeMs = (Number(at.slice(0, 2)) * 60 + Number(at.slice(3, 5))) * 60_000;
  return dates.map((day) => clock(day * DAY_MS + timeMs)).filter((startMs) => startMs !== null);
}

function yearOf(momentMs: number): number {
  return new Date(momentMs).getUTCFullYear();
}

function dateKey(rule: WindowRule): string {
  return `${rule.rrule}|${rule.from}|${rule.shiftDays}|${rule.except.join()}`;
}

interface Memory<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

function memo<Key, Value>(memory: Memory<Key, Value>, key: Key, make: () => Value): Value {
  const value = memory.get(key) ?? make();
  memory.set(key, value);
  return value;
}
