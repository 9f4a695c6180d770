import { eraClock, type ZoneClock } from '../eras.ts';
import type { Interval } from '../window-rule.ts';
import { isZone, zoneClock } from '../zone-time.ts';
import type { IcsComponent } from './components.ts';
import { IcsGap } from './ics-gap.ts';
import { icsTime, type IcsTime } from './ics-time.ts';
import { ruleTimes, type Spend } from './rule-times.ts';

/** The clock of a TZID; null: nobody knows it. Throws IcsGap where the file describes it in a way that can't be read. */
export type ZonesOfFile = (tzid: string) => ZoneClock | null;

/** Rules of zones are worked out for so long before and after a range: the change before its first moment counts too. */
const MARGIN_MS = 2 * 366 * 86_400_000;

/**
 * What the zones of a file mean (RFC 5545 section 3.6.5): names of the IANA database what that says, whatever the file says about them;
 * other names, such as Outlook's `W. Europe Standard Time`, what the file says.
 */
export function zonesOfFile(calendars: readonly IcsComponent[], range: Interval, spend: Spend): ZonesOfFile {
  const described = new Map<string, IcsComponent>();
  for (const component of calendars.flatMap(({ children }) => children))
    if (component.name === 'VTIMEZONE') described.set(textOf(component, 'TZID'), component);
  const clocks = new Map<string, ZoneClock | null>();
  return (tzid) => {
    const known = clocks.get(tzid);
    if (known !== undefined) return known;
    const clock = isZone(tzid) ? zoneClock(tzid) : describedClock(described.get(tzid), range, spend);
    clocks.set(tzid, clock);
    return clock;
  };
}

const BAD_ZONE = 'its time zone is described in a way that can not be read';

interface Change {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

function describedClock(zone: IcsComponent | undefined, range: Interval, spend: Spend): ZoneClock | null {
  const changes = (zone?.children ?? [])
    .flatMap((observance) => changesOf(observance, range, spend))
    .sort((a, b) => a.atMs - b.atMs);
  const [first] = changes;
  if (first === undefined) return null;
  const eras = changes.map(({ atMs, toMs }, index) => ({
    startMs: atMs,
    endMs: changes[index + 1]?.atMs ?? Infinity,
    offsetMs: toMs,
  }));
  return eraClock([{ startMs: -Infinity, endMs: first.atMs, offsetMs: first.fromMs }, ...eras]);
}

/** When a STANDARD or DAYLIGHT begins. */
function changesOf({ properties, unreadable }: IcsComponent, range: Interval, spend: Spend): readonly Change[] {
  const first = (name: string): unknown => properties.find((property) => property.name === name)?.values[0];
  const start = timeOf(first('DTSTART'));
  const fromMs = offsetOf(first('TZOFFSETFROM'));
  const toMs = offsetOf(first('TZOFFSETTO'));
  if (fromMs === null || toMs === null || unreadable.length > 0) throw new IcsGap(BAD_ZONE);
  const locals = new Set([start.localMs]);
  for (const { name, values, written } of properties) {
    if (name === 'RDATE') for (const value of values) locals.add(timeOf(value).localMs);
    if (name !== 'RRULE') continue;
    const { times, until } = ruleTimes(
      written,
      start.localMs,
      range.startMs - MARGIN_MS,
      range.endMs + MARGIN_MS,
      spend,
    );
    for (const localMs of times) if (until === null || localMs - fromMs <= until.localMs) locals.add(localMs);
  }
  return [...locals].map((localMs) => ({ atMs: localMs - fromMs, fromMs, toMs }));
}

function timeOf(value: unknown): IcsTime {
  const time = icsTime(value, null);
  if (time === null) throw new IcsGap(BAD_ZONE);
  return time;
}

/** `+02:00`, `-03:30:15`. */
function offsetOf(value: unknown): number | null {
  const match = typeof value === 'string' ? /^([+-])([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(value) : null;
  if (match === null) return null;
  const seconds = (Number(match[2]) * 60 + Number(match[3])) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -1000 : 1000) * seconds;
}

function textOf(component: IcsComponent, name: string): string {
  const value = component.properties.find((property) => property.name === name)?.values[0];
  return typeof value === 'string' ? value : '';
}
