import type { RolloutFacts } from './facts.ts';
import { nextOpening, type Opening } from './openings.ts';
import type { Statics } from './statics.ts';

/** For each set of patches the soonest of their deadlines; Infinity: none has one. */
export function firstDeadlines({ patches, patchSets }: RolloutFacts): Float64Array {
  return Float64Array.from(patchSets, (set) =>
    set.reduce((soonest, patch) => Math.min(soonest, patches[patch]?.deadlineMs ?? Infinity), Infinity),
  );
}

/**
 * For each ring its members by when they must begin at the latest, given their own windows: of two with the same deadline whose
 * last window before it is earlier goes first. Then by risk, then as they came.
 */
export function orderOfUrgency(
  { policy, members, patches, patchSets }: RolloutFacts,
  { classes, classOf, deadlineMs }: Pick<Statics, 'classes' | 'classOf' | 'deadlineMs'>,
  lookAheadUntilMs: number,
): readonly Int32Array[] {
  const risks = patchSets.map((set) => set.reduce((sum, patch) => sum + (patches[patch]?.risk ?? 0), 0));
  const known = new Map<number, number>();
  const latest = Float64Array.from(members, ({ patchSet }, index) => {
    const key = (classOf[index] ?? 0) * patchSets.length + patchSet;
    const found = known.get(key) ?? lastStart(classes[classOf[index] ?? 0], deadlineMs[patchSet], lookAheadUntilMs);
    known.set(key, found);
    return found;
  });
  const risk = (index: number): number => risks[members[index]?.patchSet ?? -1] ?? 0;
  const start = (index: number): number => latest[index] ?? Infinity;
  return policy.rings.map((_, ring) => {
    const own: number[] = [];
    members.forEach((member, index) => {
      if (member.ring === ring) own.push(index);
    });
    return Int32Array.from(own).sort((a, b) => {
      const [early, late] = [start(a), start(b)];
      return early === late ? risk(b) - risk(a) || a - b : early < late ? -1 : 1;
    });
  });
}

/** When work of the class begins at the latest to be done by its deadline, in its last window before it. */
function lastStart(
  work: { readonly openings: readonly Opening[]; readonly durationMs: number } | undefined,
  deadlineMs: number | undefined,
  lookAheadUntilMs: number,
): number {
  if (work === undefined || deadlineMs === undefined || deadlineMs === Infinity) return Infinity;
  const byDeadline = deadlineMs - work.durationMs;
  if (deadlineMs > lookAheadUntilMs) return byDeadline;
  for (let index = nextOpening(work.openings, byDeadline); index >= 0; index--) {
    const opening = work.openings[index];
    if (opening === undefined || opening.startMs > byDeadline) continue;
    const startMs = Math.min(byDeadline, opening.endMs - work.durationMs);
    if (startMs >= opening.startMs) return startMs;
  }
  return byDeadline;
}
