import type { Assignment, PlanInput, PlanReport } from '@thimble/rollouts';

/** Endpoints that fall silent, freezes that begin and what else nobody tells of are noticed after this at the latest. */
const PERIOD_MS = 20_000;

/** When to plan again although nothing has happened: at the next time that the plan itself names. */
export function nextLook(
  { nowMs }: Pick<PlanInput, 'nowMs'>,
  assignments: readonly Assignment[],
  { rings }: PlanReport,
): Date {
  let nextMs = nowMs + PERIOD_MS;
  const consider = (ms: number | null | undefined): void => {
    if (ms !== null && ms !== undefined && ms > nowMs && ms < nextMs) nextMs = ms;
  };
  for (const { slot, wait } of assignments) {
    consider(slot?.startMs);
    consider(wait?.untilMs);
  }
  for (const { why, opensMs, passesMs } of rings) {
    if (why?.kind === 'soak') consider(why.untilMs);
    consider(opensMs);
    consider(passesMs);
  }
  return new Date(nextMs);
}
