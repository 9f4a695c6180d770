import ICAL from 'ical.js';
import type { IcsComponent, IcsProperty } from './components.ts';
import { IcsGap } from './ics-gap.ts';
import { icsTime, type IcsTime } from './ics-time.ts';

/** A VEVENT as far as it says when something is (RFC 5545 section 3.6.1). */
export interface IcsEvent extends IcsStretch {
  readonly uid: string;
  readonly summary: string;
  /** Cancelled, or it leaves people free: it takes no time. */
  readonly isVoid: boolean;
  /** RRULEs as they stand in the file. */
  readonly rules: readonly string[];
  readonly more: readonly IcsStretch[];
  readonly except: readonly IcsTime[];
  /** The start in a series that it stands for; null: it is no part of one. */
  readonly replaces: IcsTime | null;
}

export interface IcsStretch {
  readonly start: IcsTime;
  readonly end: IcsEnd;
}

/** Either a time, or nominal days and exact time after the start (RFC 5545 section 3.3.6). */
export type IcsEnd =
  | { readonly kind: 'at'; readonly time: IcsTime }
  | { readonly kind: 'after'; readonly days: number; readonly exactMs: number };

/** More says nothing more to a reader. */
const MAX_SUMMARY_CHARACTERS = 200;

/** What a component says. Throws IcsGap where it can't be understood. */
export function icsEvent(component: IcsComponent): IcsEvent {
  const first = (name: string) => component.properties.find((property) => property.name === name);
  const every = (name: string) => component.properties.filter((property) => property.name === name);
  const word = (name: string) => first(name)?.written.toUpperCase() ?? '';
  const [bad] = component.unreadable;
  if (bad !== undefined) throw new IcsGap(`the line \`${bad}\` can not be read`);
  if (first('EXRULE') !== undefined) throw new IcsGap('it has an EXRULE, which RFC 5545 took away');
  const [start, another] = every('DTSTART').flatMap(timesOf);
  if (start === undefined || another !== undefined) throw new IcsGap('it needs one DTSTART');
  const end = endOf(start, first('DTEND'), first('DURATION'));
  return {
    uid: first('UID')?.written ?? '',
    summary: summaryOf(first('SUMMARY')),
    isVoid: word('STATUS') === 'CANCELLED' || word('TRANSP') === 'TRANSPARENT',
    start,
    end,
    rules: every('RRULE').map(({ written }) => written),
    more: every('RDATE').flatMap((property) =>
      property.type === 'period' ? periodsOf(property) : timesOf(property).map((time) => ({ start: time, end })),
    ),
    except: every('EXDATE').flatMap(timesOf),
    replaces: every('RECURRENCE-ID').flatMap(timesOf)[0] ?? null,
  };
}

function timesOf({ values, tzid, written }: IcsProperty): readonly IcsTime[] {
  return values.map((value) => {
    const time = icsTime(value, tzid);
    if (time === null) throw new IcsGap(`\`${written.slice(0, 60)}\` is no date or time`);
    return time;
  });
}

/** RFC 5545 section 3.3.9: a start with an end or a length. */
function periodsOf({ values, tzid, written }: IcsProperty): readonly IcsStretch[] {
  return values.map((value) => {
    const [from, to]: readonly unknown[] = Array.isArray(value) ? value : [];
    const start = icsTime(from, tzid);
    const time = icsTime(to, tzid);
    if (start === null) throw new IcsGap(`\`${written.slice(0, 60)}\` is no period`);
    return { start, end: time === null ? lengthOf(to) : { kind: 'at', time } };
  });
}

function endOf(start: IcsTime, dtend: IcsProperty | undefined, duration: IcsProperty | undefined): IcsEnd {
  const [time] = dtend === undefined ? [] : timesOf(dtend);
  if (time === undefined)
    return duration === undefined
      ? { kind: 'after', days: start.kind === 'date' ? 1 : 0, exactMs: 0 }
      : lengthOf(duration.values[0]);
  if ((time.kind === 'date') !== (start.kind === 'date'))
    throw new IcsGap('one of its start and end is a date, the other a time');
  return { kind: 'at', time };
}

function lengthOf(value: unknown): IcsEnd {
  const match = typeof value === 'string' && value.length < 30;
  try {
    const { weeks, days, hours, minutes, seconds, isNegative } = ICAL.Duration.fromString(match ? value : '');
    if (!isNegative)
      return { kind: 'after', days: weeks * 7 + days, exactMs: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
  } catch {
    // Said below, in our own words.
  }
  throw new IcsGap('its DURATION is no length');
}

function summaryOf(property: IcsProperty | undefined): string {
  const value = property?.values[0];
  return typeof value === 'string'
    ? value
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
        .slice(0, MAX_SUMMARY_CHARACTERS)
    : '';
}
