import type { RolloutFacts } from './facts.ts';
import { isPatched, isTouched, standingOf, trialOf, type Standing } from './standing.ts';
import type { PlannerRules } from './rules.ts';

/** Endpoints of a ring that are named where something is wrong. */
const NAMED_AT_MOST = 5;

/** What a ring's gate and its reports are made of, counted from its members. */
export interface RingTally {
  members: number;
  readonly counts: Record<Standing, number>;
  /** Those of whom a gate asks. */
  counted: number;
  /** Those that count against its limit of work at once. */
  working: number;
  /** Those that really got new versions. */
  patched: number;
  readonly firstFailed: string[];
  /** When an order last changed an endpoint of it; -Infinity: none did. */
  lastTouchedMs: number;
  /** Whose trial let it go on, or who is past it. */
  proven: number;
  trialsUnderWay: number;
}

export interface Tallies {
  readonly rings: readonly RingTally[];
  /** For each group of a budget: those that are out, and those of whom a share is a share. */
  readonly out: Int32Array;
  readonly base: Int32Array;
  readonly standings: readonly Standing[];
}

export function tallyMembers({ policy, members, budgetGroups }: RolloutFacts, rules: PlannerRules): Tallies {
  const rings = policy.rings.map(emptyTally);
  const out = new Int32Array(budgetGroups.length);
  const base = new Int32Array(budgetGroups.length);
  const standings = members.map((member): Standing => {
    const { progress } = member;
    const standing = standingOf(member, policy, rules);
    const isOut = rules.isOut(member);
    for (const group of member.budgetGroups) {
      if (isOut) out[group] = (out[group] ?? 0) + 1;
      if (isOut || (member.online && standing !== 'left-out')) base[group] = (base[group] ?? 0) + 1;
    }
    const tally = rings[member.ring];
    if (tally === undefined) return standing;
    tally.members++;
    tally.counts[standing]++;
    if (rules.isCounted(member)) tally.counted++;
    if (progress.kind === 'working') tally.working++;
    if (isPatched(progress)) tally.patched++;
    if (standing === 'failed' && tally.firstFailed.length < NAMED_AT_MOST) tally.firstFailed.push(member.hostname);
    if (isTouched(progress) && 'sinceMs' in progress)
      tally.lastTouchedMs = Math.max(tally.lastTouchedMs, progress.sinceMs);
    if (progress.kind === 'planned') {
      const trial = trialOf(progress, policy.rings[member.ring]?.trial);
      if (trial === 'passed') tally.proven++;
      if (trial === 'under-way') tally.trialsUnderWay++;
    } else if (isTouched(progress)) tally.proven++;
    return standing;
  });
  return { rings, out, base, standings };
}

function emptyTally(): RingTally {
  return {
    members: 0,
    counts: { done: 0, busy: 0, failed: 0, waiting: 0, offline: 0, 'left-out': 0 },
    counted: 0,
    working: 0,
    patched: 0,
    firstFailed: [],
    lastTouchedMs: -Infinity,
    proven: 0,
    trialsUnderWay: 0,
  };
}
