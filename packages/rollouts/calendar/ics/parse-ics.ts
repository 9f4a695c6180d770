import type { Interval } from '../window-rule.ts';
import { zoneClock } from '../zone-time.ts';
import { icsComponents, type IcsComponent } from './components.ts';
import { icsEvent, type IcsEvent } from './event.ts';
import { IcsGap } from './ics-gap.ts';
import type { IcsTime } from './ics-time.ts';
import { instancesOf, type IcsContext } from './instances.ts';
import type { Spend } from './rule-times.ts';
import { zonesOfFile } from './zones.ts';

export interface CalendarEvent extends Interval {
  readonly summary: string;
}

export type ParsedIcs =
  /** `gaps`: events that take time, nobody knows when; a sentence for each. */
  | { readonly ok: true; readonly events: readonly CalendarEvent[]; readonly gaps: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Two seconds for a file; five hundred daily events over two years. */
const MAX_STEPS = 400_000;
const MAX_EVENTS = 50_000;
const MAX_GAPS = 100;

/** What is over for the whole file. */
class TooMuch extends Error {}

/**
 * The events of an iCalendar file (RFC 5545) that overlap a range, sorted by their start; series are worked out. Those that are cancelled or leave
 * people free are left out. `zone` counts for whole days and for times without a zone. Throws RangeError when that is not known.
 */
export function parseIcs(text: string, range: Interval, zone: string): ParsedIcs {
  const parsed = icsComponents(text);
  if (!parsed.ok) return parsed;
  const calendars = parsed.components.filter(({ name }) => name === 'VCALENDAR');
  if (calendars.length === 0) return { ok: false, problem: 'it is no iCalendar file: it has no BEGIN:VCALENDAR' };
  const clock = zoneClock(zone);
  const spend = budget();
  try {
    return {
      ok: true,
      ...eventsOf(calendars, { range, clock, zones: zonesOfFile(calendars, range, spend), spend }),
    };
  } catch (error) {
    if (error instanceof TooMuch) return { ok: false, problem: error.message };
    throw error;
  }
}

function eventsOf(
  calendars: readonly IcsComponent[],
  context: IcsContext,
): { readonly events: readonly CalendarEvent[]; readonly gaps: readonly string[] } {
  const gaps: string[] = [];
  const understood = <Value>(what: string, read: () => Value): Value | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof IcsGap)) throw error;
      gaps.push(`event ${what}: ${error.message}`);
      return null;
    }
  };
  const components = calendars.filter((calendar) => !isCancelled(calendar)).flatMap(({ children }) => children);
  const all = components
    .filter(({ name }) => name === 'VEVENT')
    .map((component, index) => understood(`number ${index + 1}`, () => icsEvent(component)))
    .filter((event) => event !== null);
  const replaced = replacedStarts(all);
  const events: CalendarEvent[] = [];
  for (const event of all.filter(({ isVoid }) => !isVoid)) {
    const starts = event.replaces === null ? (replaced.get(event.uid) ?? []) : [];
    const name = event.summary === '' ? 'without a title' : `\`${event.summary}\``;
    for (const { startMs, endMs } of understood(name, () => instancesOf(event, starts, context)) ?? [])
      events.push({ startMs, endMs, summary: event.summary });
    if (events.length > MAX_EVENTS) throw new TooMuch(`it has more than ${MAX_EVENTS} events in this time`);
  }
  const more = gaps.length - MAX_GAPS;
  return {
    events: events.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs),
    gaps: more > 0 ? [...gaps.slice(0, MAX_GAPS), `and ${more} more`] : gaps,
  };
}

/** RFC 5546 section 3.2.5: the whole file takes events back. */
function isCancelled({ properties }: IcsComponent): boolean {
  return properties.some(({ name, written }) => name === 'METHOD' && written.toUpperCase() === 'CANCEL');
}

/** RFC 5545 section 3.8.4.4: by the series, the starts that have an event of their own or are cancelled. */
function replacedStarts(events: readonly IcsEvent[]): ReadonlyMap<string, readonly IcsTime[]> {
  const starts = new Map<string, IcsTime[]>();
  for (const { uid, replaces } of events) {
    if (replaces === null) continue;
    const known = starts.get(uid) ?? [];
    known.push(replaces);
    starts.set(uid, known);
  }
  return starts;
}

function budget(): Spend {
  let left = MAX_STEPS;
  return (steps) => {
    left -= steps;
    if (left < 0) throw new TooMuch('its series are too long to be worked out');
  };
}
