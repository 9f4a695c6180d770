import type { MemberFacts } from './facts.ts';
import { TRAIT, type Roster } from './roster.ts';
import { failureOf, type Standing } from './standing.ts';

/** Endpoints of a ring that are named where something is wrong. */
const NAMED_AT_MOST = 5;

/** What a ring's gate and its reports are made of, counted from its members. */
export interface RingTally {
  readonly members: number;
  readonly counts: Readonly<Record<Standing, number>>;
  /** Those of whom a gate asks. */
  readonly counted: number;
  /** Those that count against its limit of work at once. */
  readonly working: number;
  /** Those that really got new versions. */
  readonly patched: number;
  readonly firstFailed: readonly string[];
  /** What failed on the first of them. */
  readonly failure: string;
  /** When an order last changed an endpoint of it; -Infinity: none did. */
  readonly lastTouchedMs: number;
  /** Whose trial let it go on, or who is past it. */
  readonly proven: number;
  readonly trialsUnderWay: number;
}

export const NOBODY: RingTally = {
  members: 0,
  counts: { done: 0, busy: 0, failed: 0, waiting: 0, offline: 0, 'left-out': 0 },
  counted: 0,
  working: 0,
  patched: 0,
  firstFailed: [],
  failure: '',
  lastTouchedMs: -Infinity,
  proven: 0,
  trialsUnderWay: 0,
};

export function tallyRing(own: Int32Array, members: readonly MemberFacts[], roster: Roster): RingTally {
  const { standings, traits, touchedMs } = roster;
  const counts = { ...NOBODY.counts };
  const failed: number[] = [];
  let [counted, working, patched, proven, trialsUnderWay, lastTouchedMs] = [0, 0, 0, 0, 0, -Infinity];
  for (const index of own) {
    const standing = standings[index] ?? 'left-out';
    const trait = traits[index] ?? 0;
    counts[standing]++;
    if (standing === 'failed' && failed.length < NAMED_AT_MOST) failed.push(index);
    if (trait & TRAIT.counted) counted++;
    if (trait & TRAIT.working) working++;
    if (trait & TRAIT.patched) patched++;
    if (trait & TRAIT.proven) proven++;
    if (trait & TRAIT.trialUnderWay) trialsUnderWay++;
    lastTouchedMs = Math.max(lastTouchedMs, touchedMs[index] ?? -Infinity);
  }
  const firstFailed = failed.map((index) => members[index]?.hostname ?? '');
  const first = members[failed[0] ?? -1];
  const failure = first === undefined ? '' : failureOf(first.progress);
  return {
    members: own.length,
    counts,
    counted,
    working,
    patched,
    firstFailed,
    failure,
    lastTouchedMs,
    proven,
    trialsUnderWay,
  };
}
