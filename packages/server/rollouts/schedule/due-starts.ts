import type { CalendarCache, WindowRule } from '@thimble/rollouts';

/** A start of a policy's calendar whose time has come. */
export interface DueStart {
  readonly occursMs: number;
  /** null: it begins, late or not; else why it does not. */
  readonly skipped: string | null;
}

/** A server that was off for months has decided about enough with these. */
const STARTS_LIMIT = 50;

/**
 * The starts since the last decision. What was missed while no server ran is made up for once and on the same day: a rollout that begins
 * days late begins into other windows than its policy means.
 *
 * @param zone of rules that name none
 */
export function dueStarts(
  calendar: CalendarCache,
  rule: WindowRule,
  zone: string,
  { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
): readonly DueStart[] {
  const starts = calendar.starts(rule, zone, { startMs: sinceMs + 1, endMs: nowMs + 1 }).slice(-STARTS_LIMIT);
  const place = rule.timeZone === 'endpoint' ? zone : rule.timeZone;
  return starts.map((occursMs, index) => ({ occursMs, skipped: reasonToSkip(occursMs, index === starts.length - 1) }));

  function reasonToSkip(occursMs: number, isLast: boolean): string | null {
    if (!isLast) return 'no server ran, and a later start is there already';
    return dayIn(place, occursMs) === dayIn(place, nowMs) ? null : 'no server ran on that day';
  }
}

function dayIn(zone: string, atMs: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(atMs);
}
