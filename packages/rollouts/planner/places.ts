import { soonMs, type Scene } from './member-steps.ts';
import type { PackingInput } from './packing.ts';
import { groupTable } from './statics.ts';
import { TRAIT } from './roster.ts';
import { NOBODY } from './tally.ts';

export type Places = Pick<PackingInput, 'free' | 'releases'>;

/** How many more may be worked on now, by ring, by reboot and by group of a budget; and when what is under way will have ended. */
export function placesNow({ input: { nowMs, rollout }, tallies, roster, statics, rules }: Scene): Places {
  const { policy, members, budgetGroups } = rollout;
  const groups = groupTable(policy);
  const free = new Float64Array(2 * policy.rings.length + budgetGroups.length);
  policy.rings.forEach(({ atOnce }, ring) => {
    const { counted, working } = tallies[ring] ?? NOBODY;
    free[groups.ring(ring)] = rules.budgetLeft(rules.amount(atOnce, counted), working);
    free[groups.reboots(ring)] = 1;
  });
  budgetGroups.forEach(({ budget }, group) => {
    const atMost = policy.budgets[budget]?.atMost ?? { kind: 'count', count: 0 };
    free[groups.budget(group)] = rules.budgetLeft(
      rules.amount(atMost, roster.base[group] ?? 0),
      roster.out[group] ?? 0,
    );
  });
  const releases: { readonly group: number; readonly atMs: number }[] = [];
  roster.traits.forEach((trait, index) => {
    const member = (trait & TRAIT.takesPlace) === 0 ? undefined : members[index];
    if (member === undefined) return;
    const { progress, ring, busyWith, rebootedAtMs } = member;
    const { staggerMs } = policy.deploy.reboot;
    if (rebootedAtMs !== null && rebootedAtMs + staggerMs > nowMs) {
      free[groups.reboots(ring)] = (free[groups.reboots(ring)] ?? 1) - 1;
      releases.push({ group: groups.reboots(ring), atMs: rebootedAtMs + staggerMs });
    }
    if (progress.kind !== 'working' && (busyWith === null || !rules.isOut(member))) return;
    const work = statics.classes[statics.classOf[index] ?? -1];
    if (work === undefined) return;
    const atMs =
      progress.kind === 'working'
        ? overAtMs(progress.sinceMs, work.durationMs, nowMs)
        : soonMs(nowMs) + work.durationMs;
    const [lane = 0, ...budgets] = work.groups;
    if (progress.kind === 'working') releases.push({ group: lane, atMs });
    for (const group of budgets) releases.push({ group, atMs });
  });
  return { free, releases };
}

/** When work that began then will be over: what takes longer than expected is taken to take twice as long, and twice again. */
export function overAtMs(sinceMs: number, durationMs: number, nowMs: number): number {
  let lengthMs = durationMs;
  while (sinceMs + lengthMs <= nowMs) lengthMs *= 2;
  return sinceMs + lengthMs;
}
