import { recurringTimes } from '../recurring-dates.ts';
import { IcsGap } from './ics-gap.ts';
import { icsTime, type IcsTime } from './ics-time.ts';

/** Takes from what may be looked at for a file at all, about 5 microseconds each; throws when that is over. */
export type Spend = (steps: number) => void;

/** The local times of an RRULE from its first start on, between two local times; `until` is still to be looked at, it needs a zone. */
export interface RuleTimes {
  readonly times: readonly number[];
  readonly until: IcsTime | null;
}

const DAY_MS = 86_400_000;
const PERIOD_DAYS: Readonly<Record<string, number>> = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 };

/** Throws IcsGap for what is no rule (RFC 5545 section 3.3.10), more often than once a day, or of another calendar (RFC 7529). */
export function ruleTimes(written: string, startMs: number, firstMs: number, lastMs: number, spend: Spend): RuleTimes {
  const parts = new Map(written.toUpperCase().split(';').map(nameAndValue));
  const until = parts.has('UNTIL') ? untilOf(parts.get('UNTIL') ?? '') : null;
  spend(stepsOf(parts, startMs, firstMs, lastMs));
  parts.delete('UNTIL');
  const rrule = [...parts].map((part) => part.join('=')).join(';');
  const times = isUnderstood(parts) ? recurringTimes(rrule, startMs, firstMs, lastMs) : null;
  if (times === null) throw new IcsGap(`its rule \`${written.slice(0, 60)}\` is none that is understood here`);
  spend(times.length);
  return { times, until };
}

function nameAndValue(part: string): readonly [string, string] {
  const at = part.indexOf('=');
  return [part.slice(0, at), part.slice(at + 1)];
}

function isUnderstood(parts: ReadonlyMap<string, string>): boolean {
  if (!Object.hasOwn(PERIOD_DAYS, parts.get('FREQ') ?? '') || parts.has('RSCALE')) return false;
  return !['BYHOUR', 'BYMINUTE', 'BYSECOND'].some((part) => parts.get(part)?.includes(',') === true);
}

function untilOf(value: string): IcsTime {
  const [, year, month, day, time] = /^(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?$/.exec(value) ?? [];
  const clock = time === undefined ? '' : `${time.slice(0, 3)}:${time.slice(3, 5)}:${time.slice(5)}`;
  const until = icsTime(`${year}-${month}-${day}${clock}`, null);
  if (until === null) throw new IcsGap(`its UNTIL \`${value.slice(0, 30)}\` is no date or time`);
  return until;
}

/** The library counts from the first start where COUNT says how many there are, and begins near the range elsewhere. */
function stepsOf(parts: ReadonlyMap<string, string>, startMs: number, firstMs: number, lastMs: number): number {
  const perDay = parts.get('FREQ') === 'DAILY' ? 1 : 1 / 7;
  const count = parts.get('COUNT');
  if (count === undefined) return (Math.max(0, lastMs - Math.max(startMs, firstMs)) / DAY_MS) * perDay;
  const days = Math.max(0, lastMs - startMs) / DAY_MS;
  const by = [...parts.keys()].filter((part) => part.startsWith('BY'));
  // Parts that leave dates out may never come to the end of the count, and of long periods each day may be looked at.
  if (by.length > 0 && !(parts.get('FREQ') === 'WEEKLY' && by.join() === 'BYDAY')) return days * Math.max(perDay, 0.5);
  const wholeDays = Number(count) * Number(parts.get('INTERVAL') ?? 1) * (PERIOD_DAYS[parts.get('FREQ') ?? ''] ?? 1);
  return Math.min(days, Number.isNaN(wholeDays) ? days : wholeDays);
}
