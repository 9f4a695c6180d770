import type { MemberFacts } from './facts.ts';
import type { Scene, WorkKind } from './member-steps.ts';
import { nextOpening, type Opening } from './openings.ts';
import { groupTable, type StaticClass } from './statics.ts';
import { NOBODY } from './tally.ts';
import type { Wait } from './wait.ts';

/** Where the work of an endpoint that is ready was put. */
export interface Place {
  /** null: nowhere within the horizon. */
  readonly startMs: number | null;
  readonly opening: Opening | undefined;
  /** The group that has no place for it although its window is open; -1: none. */
  readonly heldBy: number;
}

/** What is ready and does not begin now waits for a window, or for a place in one. */
export function waitForPlace(scene: Scene, member: MemberFacts, kind: WorkKind, work: StaticClass, place: Place): Wait {
  const { input, rules } = scene;
  const { nowMs, rollout } = input;
  const { startMs: untilMs, heldBy } = place;
  if (heldBy >= 0) return waitForGroup(scene, member.ring, heldBy, untilMs);
  const holds = ({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }): boolean =>
    startMs <= nowMs && nowMs < endMs;
  const dark = rollout.blackouts.find(holds);
  const { openings, windows } = work;
  if (dark !== undefined && windows.some(holds))
    return { kind: 'blackout', calendar: dark.calendar, untilMs: dark.endMs };
  if (kind === 'reboot' || kind === 'restart-services') return { kind: 'reboot-window', untilMs };
  const ahead = openings.slice(nextOpening(openings, nowMs));
  const next =
    place.opening ??
    ahead.find(({ startMs, endMs }) => Math.max(startMs, nowMs) <= rules.latestStartMs(endMs, member.expectedMs));
  if (next !== undefined)
    return { kind: 'window', window: next.window?.name ?? '', untilMs: Math.max(next.startMs, nowMs) };
  const longestMs = ahead.reduce((most, { startMs, endMs }) => Math.max(most, endMs - Math.max(startMs, nowMs)), 0);
  return { kind: 'no-window', neededMs: member.expectedMs, longestMs, untilMs: null };
}

function waitForGroup(
  { input: { rollout }, rules, roster, tallies }: Scene,
  ring: number,
  group: number,
  untilMs: number | null,
): Wait {
  const { policy, budgetGroups } = rollout;
  const table = groupTable(policy);
  if (group === table.reboots(ring)) return { kind: 'reboot-stagger', untilMs };
  // What begins by this plan is out as well, so that nothing is left.
  if (group === table.ring(ring)) {
    const { counted, working } = tallies[ring] ?? NOBODY;
    const atMost = rules.amount(policy.rings[ring]?.atOnce ?? policy.atOnce, counted);
    return { kind: 'at-once', atMost, out: Math.max(atMost, working), untilMs };
  }
  const index = group - table.budget(0);
  const { budget, name } = budgetGroups[index] ?? { budget: -1, name: '' };
  const rule = policy.budgets[budget];
  const per = rule === undefined ? '' : rule.per.kind === 'label' ? rule.per.key : rule.per.kind;
  const atMost = rule === undefined ? 0 : rules.amount(rule.atMost, roster.base[index] ?? 0);
  return { kind: 'budget', per, group: name, atMost, out: Math.max(atMost, roster.out[index] ?? 0), untilMs };
}
