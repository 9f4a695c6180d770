import type { Plan, PlanReport, Wait } from '@thimble/rollouts';

/** Waits that end with time alone. All others end with what somebody does, whose end is a moment of its own. */
const ENDS_WITH_TIME: ReadonlySet<Wait['kind']> = new Set([
  'window',
  'blackout',
  'hold',
  'reboot-window',
  'reboot-stagger',
  'retry',
]);
/** Whatever is waited for is looked at once a day. */
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** When a rollout has to be looked at again: when work ends, a soak is over or a wait ends. */
export function nextMomentMs(
  ends: Iterable<number>,
  plan: Plan | null,
  report: PlanReport | null,
  nowMs: number,
): number {
  let next = nowMs + DAY_MS;
  for (const endMs of ends) if (endMs < next) next = endMs;
  for (const { why } of report?.rings ?? [])
    if (why?.kind === 'soak' && why.untilMs > nowMs && why.untilMs < next) next = why.untilMs;
  for (const { wait } of plan?.assignments ?? []) {
    const untilMs = wait !== null && ENDS_WITH_TIME.has(wait.kind) ? wait.untilMs : null;
    if (untilMs !== null && untilMs > nowMs && untilMs < next) next = untilMs;
  }
  return Math.max(next, nowMs + MINUTE_MS);
}
