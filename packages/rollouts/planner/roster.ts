import type { MemberFacts, RolloutFacts } from './facts.ts';
import type { PlannerRules } from './rules.ts';
import { isPatched, isTouched, standingOf, trialOf, type Standing } from './standing.ts';

/** What is asked of each member again and again, as bits. */
export const TRAIT = {
  online: 1,
  out: 2,
  counted: 4,
  working: 8,
  patched: 16,
  touched: 32,
  /** Its trial let it go on, or it is past it. */
  proven: 64,
  trialUnderWay: 128,
  /** Held until somebody lets it go. */
  heldForGood: 256,
  /** It, or its last reboot, takes a place for now. */
  takesPlace: 512,
} as const;

/**
 * All members side by side, in plain arrays: of 100,000 only those that changed are looked at again. Whoever is the same object as before
 * has not changed.
 */
export interface Roster {
  readonly update: (members: readonly MemberFacts[]) => void;
  /** For each ring how often somebody of it has changed. */
  readonly versions: Int32Array;
  readonly standings: readonly Standing[];
  readonly traits: Uint16Array;
  /** When an order last changed it; -Infinity: none did. */
  readonly touchedMs: Float64Array;
  /** For each group of a budget: those that are out, and those of whom a share is a share. */
  readonly out: Int32Array;
  readonly base: Int32Array;
}

export function createRoster({ policy, members: { length }, budgetGroups }: RolloutFacts, rules: PlannerRules): Roster {
  let known: readonly MemberFacts[] = [];
  const versions = new Int32Array(policy.rings.length);
  const standings: Standing[] = Array.from({ length }, () => 'left-out');
  const traits = new Uint16Array(length);
  const touchedMs = new Float64Array(length).fill(-Infinity);
  const out = new Int32Array(budgetGroups.length);
  const base = new Int32Array(budgetGroups.length);

  const count = (index: number, { budgetGroups: groups }: MemberFacts, by: 1 | -1): void => {
    const own = traits[index] ?? 0;
    const isOut = (own & TRAIT.out) !== 0;
    const isThere = isOut || ((own & TRAIT.online) !== 0 && standings[index] !== 'left-out');
    for (const group of groups) {
      if (isOut) out[group] = (out[group] ?? 0) + by;
      if (isThere) base[group] = (base[group] ?? 0) + by;
    }
  };

  return {
    versions,
    standings,
    traits,
    touchedMs,
    out,
    base,
    update: (members) => {
      members.forEach((member, index) => {
        const before = known[index];
        if (before === member) return;
        if (before !== undefined) count(index, before, -1);
        const { progress, ring } = member;
        versions[ring] = (versions[ring] ?? 0) + 1;
        standings[index] = standingOf(member, policy, rules);
        traits[index] = traitsOf(member, policy, rules);
        touchedMs[index] = isTouched(progress) && 'sinceMs' in progress ? progress.sinceMs : -Infinity;
        count(index, member, 1);
      });
      known = members;
    },
  };
}

function traitsOf(member: MemberFacts, policy: RolloutFacts['policy'], rules: PlannerRules): number {
  const { progress, online, hold, ring, rebootedAtMs } = member;
  const touched = isTouched(progress);
  const trial = progress.kind === 'planned' ? trialOf(progress, policy.rings[ring]?.trial) : null;
  const out = rules.isOut(member);
  const working = progress.kind === 'working';
  const bits: readonly (readonly [boolean, number])[] = [
    [online, TRAIT.online],
    [out, TRAIT.out],
    [rules.isCounted(member), TRAIT.counted],
    [working, TRAIT.working],
    [isPatched(progress), TRAIT.patched],
    [touched, TRAIT.touched],
    [touched || trial === 'passed', TRAIT.proven],
    [trial === 'under-way', TRAIT.trialUnderWay],
    [hold !== null && hold.untilMs === null, TRAIT.heldForGood],
    [working || (out && member.busyWith !== null) || rebootedAtMs !== null, TRAIT.takesPlace],
  ];
  return bits.reduce((sum, [holds, bit]) => (holds ? sum | bit : sum), 0);
}
