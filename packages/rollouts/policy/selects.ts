import type { Policy } from './policy.ts';
import { updateMismatch } from './matches-update.ts';
import type { UpdateTraits } from './traits.ts';

export interface Selected {
  readonly taken: boolean;
  /** A half sentence after `because`. */
  readonly because: string;
  /** Unix, milliseconds: from then on it is taken by its age alone; null: taken now, or time changes nothing. */
  readonly untilMs: number | null;
}

/** Whether a policy takes an update now, and why or why not. */
export function selects(
  { select, always }: Pick<Policy, 'select' | 'always'>,
  update: UpdateTraits,
  nowMs: number,
): Selected {
  const urgent = always === null ? null : updateMismatch(always, update, nowMs);
  if (always !== null && urgent === null)
    return { taken: true, because: 'the policy always takes updates of this kind', untilMs: null };
  const mismatch = updateMismatch(select, update, nowMs);
  if (mismatch === null)
    return { taken: true, because: "all that the policy's selection asks for holds", untilMs: null };
  const times = [mismatch.untilMs, urgent?.untilMs ?? null].filter((time) => time !== null);
  const soonest =
    urgent !== null && urgent.untilMs !== null && urgent.untilMs === Math.min(...times) ? urgent : mismatch;
  return { taken: false, because: soonest.why, untilMs: soonest.untilMs };
}
