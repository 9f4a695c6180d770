import type { ZoneClock } from '../eras.ts';
import type { Interval } from '../window-rule.ts';
import type { IcsEvent, IcsStretch } from './event.ts';
import { IcsGap } from './ics-gap.ts';
import type { IcsTime } from './ics-time.ts';
import { ruleTimes, type Spend } from './rule-times.ts';
import type { ZonesOfFile } from './zones.ts';

/** What the events of a file are worked out with. */
export interface IcsContext {
  readonly range: Interval;
  /** For dates, and for times without a zone. */
  readonly clock: ZoneClock;
  readonly zones: ZonesOfFile;
  readonly spend: Spend;
}

const DAY_MS = 86_400_000;
/** A local time is at most so far from its moment. */
const MARGIN_MS = 2 * DAY_MS;
/** So far before a range is looked for what reaches into it. */
const LONGEST_YEARS = 10;

/** The times of an event that overlap the range. `replaced`: starts that other events stand for. Throws IcsGap where it can't be understood. */
export function instancesOf(event: IcsEvent, replaced: readonly IcsTime[], context: IcsContext): readonly Interval[] {
  const { start, end, rules, more } = event;
  const length = lengthOf({ start, end }, context);
  const clock = clockOf(start, context);
  const locals = new Set([start.localMs, ...rules.flatMap((rule) => timesOf(rule, start, length, context))]);
  context.spend((event.except.length + replaced.length) / 10);
  const isOut = exclusion([...event.except, ...replaced], context);
  return [
    ...[...locals].map((localMs) => ({ localMs, clock, length })),
    ...more.map((stretch) => ({
      localMs: stretch.start.localMs,
      clock: clockOf(stretch.start, context),
      length: stretch.end === end ? length : lengthOf(stretch, context),
    })),
  ]
    .map((instance) => ({ ...instance, startMs: momentAt(instance.clock, instance.localMs) }))
    .filter(({ localMs, startMs }) => !isOut(localMs, startMs))
    .map(({ clock: zone, localMs, startMs, length: { days, exactMs } }) => ({
      startMs,
      endMs: (days === 0 ? startMs : momentAt(zone, localMs + days * DAY_MS)) + exactMs,
    }))
    .filter(({ startMs, endMs }) => startMs < endMs && startMs < context.range.endMs && endMs > context.range.startMs);
}

interface Length {
  readonly days: number;
  readonly exactMs: number;
}

/** RFC 5545 section 3.8.5.3: an end says how long each of a series is exactly; a length is counted by the clock on the wall. */
function lengthOf({ start, end }: IcsStretch, context: IcsContext): Length {
  const length = end.kind === 'after' ? end : between(start, end.time, context);
  if (length.days * DAY_MS + length.exactMs > LONGEST_YEARS * 366 * DAY_MS)
    throw new IcsGap(`it is longer than ${LONGEST_YEARS} years`);
  if (length.days < 0 || length.exactMs < 0) throw new IcsGap('it ends before it starts');
  return length;
}

function between(start: IcsTime, end: IcsTime, context: IcsContext): Length {
  if (start.kind === 'date') return { days: (end.localMs - start.localMs) / DAY_MS, exactMs: 0 };
  const exactMs = momentAt(clockOf(end, context), end.localMs) - momentAt(clockOf(start, context), start.localMs);
  return { days: 0, exactMs };
}

function clockOf({ kind, tzid }: IcsTime, context: IcsContext): ZoneClock {
  if (kind === 'utc') return (localMs) => localMs;
  const clock = tzid === null ? context.clock : context.zones(tzid);
  if (clock === null) throw new IcsGap(`nobody knows its time zone \`${(tzid ?? '').slice(0, 60)}\``);
  return clock;
}

/** A day that a zone skipped is the one after it. */
function momentAt(clock: ZoneClock, localMs: number): number {
  return clock(localMs) ?? clock(localMs + DAY_MS) ?? NaN;
}

/** What a rule adds to its first start, as far as it can reach into the range. */
function timesOf(written: string, start: IcsTime, length: Length, context: IcsContext): readonly number[] {
  const firstMs = context.range.startMs - length.days * DAY_MS - length.exactMs - MARGIN_MS;
  const lastMs = context.range.endMs + MARGIN_MS;
  const { times, until } = ruleTimes(written, start.localMs, firstMs, lastMs, context.spend);
  if (until === null) return times;
  const clock = clockOf(start, context);
  // An UNTIL that is a date means the whole day, one in UTC a moment, one without zone what the clock shows.
  return times.filter((localMs) => {
    if (until.kind === 'date') return localMs < until.localMs + DAY_MS;
    return (until.kind === 'utc' ? momentAt(clock, localMs) : localMs) <= until.localMs;
  });
}

/** Whether a start is one of these times; a date stands for all starts of its day. */
function exclusion(times: readonly IcsTime[], context: IcsContext): (localMs: number, startMs: number) => boolean {
  const days = new Set(times.filter(({ kind }) => kind === 'date').map(({ localMs }) => localMs));
  const moments = new Set(
    times.filter(({ kind }) => kind !== 'date').map((time) => momentAt(clockOf(time, context), time.localMs)),
  );
  return (localMs, startMs) => moments.has(startMs) || days.has(localMs - (((localMs % DAY_MS) + DAY_MS) % DAY_MS));
}
