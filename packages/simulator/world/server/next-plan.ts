import { rolloutOf } from './database.ts';
import type { Rows } from './rows.ts';

/** When the plan in force says that something is due next; infinity: it names no time. */
export function nextPlanMs(rows: Rows, nowMs: number): number {
  const { plan, rings } = rolloutOf(rows);
  let next = Number.POSITIVE_INFINITY;
  const consider = (atMs: number | null | undefined): void => {
    if (atMs !== null && atMs !== undefined && atMs > nowMs && atMs < next) next = atMs;
  };
  for (const { slot, wait } of plan?.assignments ?? []) {
    consider(slot?.startMs);
    consider(wait?.untilMs);
    if (wait?.kind === 'ring' && wait.why.kind === 'soak') consider(wait.why.untilMs);
  }
  for (const { openedAtMs } of rings) consider(openedAtMs);
  return next;
}
