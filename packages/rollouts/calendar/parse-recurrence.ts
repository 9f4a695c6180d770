import { parseRrule } from './parse-rrule.ts';
import { parseWords } from './parse-words.ts';
import { toRrule } from './recurrence.ts';
import { dayOf, recurringDates } from './recurring-dates.ts';
import type { WindowRule } from './window-rule.ts';
import { isZone } from './zone-time.ts';

/** When something recurs, as a policy writes it. Exactly one of `on` and `rrule`; see `WindowDocument` for the rest. */
export interface RecurrenceDocument {
  readonly name: string;
  readonly on?: string;
  readonly rrule?: string;
  /** First local date; left out: 2024-01-01, a Monday. */
  readonly from?: string;
  /** Left out: 00:00. */
  readonly at?: string;
  /** Left out: endpoint. */
  readonly timeZone?: string;
  /** Left out: it is a moment, not a window. */
  readonly lasts?: string;
  readonly except?: readonly string[];
}

export type ParsedRecurrence =
  | { readonly ok: true; readonly rule: WindowRule }
  /** `path` within the document: `on`, `except[2]`. */
  | { readonly ok: false; readonly problem: { readonly path: string; readonly message: string } };

const FIRST_DATE = '2024-01-01';
/** Time is worked out for the years of our life times, not for all that a date can say. */
const YEARS = /^(19[7-9][0-9]|20[0-9]{2})-/;
/** Longer than the longest month: whoever wants that wants no window. */
const LONGEST_MS = 31 * 86_400_000;
/** A rule without a date in nine years, which have a leap day at the worst, is none. Most have one soon, and looking is cheaper. */
const LOOK_DAYS = [31, 366, 9 * 366];
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** What a person wrote, as a rule; or what is wrong with it and what to write. */
export function parseRecurrence(document: RecurrenceDocument): ParsedRecurrence {
  const { name, from = FIRST_DATE, at = '00:00', timeZone = 'endpoint', except = [] } = document;
  const dates = datesOf(document);
  if (!dates.ok) return dates;
  const firstDay = dayOf(from);
  if (firstDay === null || !YEARS.test(from))
    return problem('from', `\`${from}\` is no date; write it like 2026-12-24`);
  if (!/^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(at)) return problem('at', `\`${at}\` is no time; write it like 22:00`);
  if (timeZone !== 'endpoint' && !isZone(timeZone))
    return problem('timeZone', `\`${timeZone}\` is no known time zone; write one like Europe/Berlin, or endpoint`);
  const durationMs = document.lasts === undefined ? 0 : lengthOf(document.lasts);
  if (durationMs === null) return problem('lasts', `\`${document.lasts}\` is no length; write it like 30m, 4h or 2d`);
  if (durationMs === 0 && document.lasts !== undefined) return problem('lasts', 'a window of no length is never open');
  if (durationMs > LONGEST_MS) return problem('lasts', 'a window can be 31 days long at most');
  const bad = except.findIndex((date) => dayOf(date) === null);
  if (bad >= 0) return problem(`except[${bad}]`, `\`${except[bad]}\` is no date; write it like 2026-12-24`);
  if (!LOOK_DAYS.some((days) => recurringDates(dates.rrule, from, firstDay, firstDay + days).length > 0))
    return problem(dates.path, `\`${dates.words}\` has no date in the nine years from ${from}`);
  const { words, rrule, shiftDays } = dates;
  return { ok: true, rule: { name, words, rrule, shiftDays, from, at, durationMs, timeZone, except: [...except] } };
}

type Dates =
  | {
      readonly ok: true;
      readonly path: 'on' | 'rrule';
      readonly words: string;
      readonly rrule: string;
      readonly shiftDays: number;
    }
  | ReturnType<typeof problem>;

function datesOf({ on, rrule, from }: RecurrenceDocument): Dates {
  if (on !== undefined && rrule !== undefined) return problem('rrule', 'write either `on` or `rrule`, not both');
  if (on !== undefined) {
    const parsed = parseWords(on);
    if (!parsed.ok) return problem('on', parsed.message);
    const { recurrence } = parsed;
    const shiftDays = 'shiftDays' in recurrence ? recurrence.shiftDays : 0;
    return { ok: true, path: 'on', words: on.trim(), rrule: toRrule(recurrence), shiftDays };
  }
  if (rrule === undefined) return problem('on', 'when it recurs is missing; write for example `on: every Wednesday`');
  const parsed = parseRrule(rrule);
  if (!parsed.ok) return problem('rrule', parsed.message);
  if (parsed.needsFirstDate && from === undefined)
    return problem('rrule', 'which day it is, only the first date could say; add BYDAY or BYMONTHDAY, or write `from`');
  return { ok: true, path: 'rrule', words: parsed.rrule, rrule: parsed.rrule, shiftDays: 0 };
}

function lengthOf(word: string): number | null {
  const match = /^(0|[1-9][0-9]{0,4})([mhdw])$/.exec(word);
  return match === null ? null : Number(match[1]) * (UNITS[match[2] ?? ''] ?? NaN);
}

function problem(
  path: string,
  message: string,
): { readonly ok: false; readonly problem: { path: string; message: string } } {
  return { ok: false, problem: { path, message } };
}
