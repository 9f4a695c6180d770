import { subtract, type CalendarCache, type Interval, type WindowRule } from '../calendar/index.ts';
import type { Slot } from './plan.ts';

/** A stretch in which something may begin and must end: a window less the blackouts. */
export interface Opening extends Interval {
  /** null: any time. */
  readonly window: Slot['window'];
}

/** For policies without windows: an order that is not fetched for so long is made anew, from what is known then. */
const ANY_TIME_ORDER_MS = 24 * 3_600_000;

export interface Hours {
  /** The windows, of which those that touch or overlap are one: an installation may go from one into the other. */
  readonly windows: readonly Interval[];
  /** What the blackouts leave of them. */
  readonly openings: readonly Opening[];
}

/** When endpoints of a zone may be worked on, in order. No windows: all of the range, and after it for ever. */
export function hoursOf(
  windows: readonly WindowRule[],
  zone: string,
  blackouts: readonly Interval[],
  range: Interval,
  calendar: CalendarCache,
): Hours {
  if (windows.length === 0) {
    const always = [{ startMs: range.startMs, endMs: Infinity }];
    return { windows: always, openings: subtract(always, blackouts).map((piece) => ({ ...piece, window: null })) };
  }
  const named = windows.flatMap((rule) =>
    calendar.occurrences(rule, zone, range).map((occurrence) => ({ ...occurrence, names: [rule.name] })),
  );
  const whole = joined(named).map(({ names, startMs, endMs }) => ({ name: names.join(' + '), startMs, endMs }));
  return {
    windows: whole,
    openings: whole.flatMap((window) => subtract([window], blackouts).map((piece) => ({ ...piece, window }))),
  };
}

type Named = Interval & { readonly names: readonly string[] };

function joined(windows: readonly Named[]): readonly Named[] {
  const result: Named[] = [];
  for (const next of windows.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = result.at(-1);
    if (last === undefined || next.startMs > last.endMs) result.push(next);
    else
      result[result.length - 1] = {
        startMs: last.startMs,
        endMs: Math.max(last.endMs, next.endMs),
        names: [...new Set([...last.names, ...next.names])],
      };
  }
  return result;
}

/** Index of the first that ends after the moment; their number: none does. */
export function nextOpening(openings: readonly Opening[], momentMs: number): number {
  let low = 0;
  let high = openings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((openings[middle]?.endMs ?? Infinity) <= momentMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The slot of an installation that begins then in this opening. */
export function slotIn(opening: Opening, startMs: number, latestStartMs: number): Slot {
  return {
    startMs,
    startBeforeMs: Math.min(latestStartMs, opening.window === null ? startMs + ANY_TIME_ORDER_MS : Infinity),
    window: opening.window,
  };
}
