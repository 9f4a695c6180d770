import { createJobs } from './jobs.ts';
import { soonMs, type Scene } from './member-steps.ts';
import { TRAIT } from './roster.ts';
import { pack } from './packing.ts';
import type { Places } from './places.ts';

/** A ring that is not open yet, as it is foreseen. */
export interface LaterRing {
  /** Whom it is foreseen for, the most urgent first. */
  readonly members: Int32Array;
  readonly startMs: Float64Array;
  readonly opening: Int32Array;
  /** When the last of them is through; null: not all of them are within the horizon. */
  readonly endsMs: number | null;
}

/** Foresees rings, and remembers each as long as what it is made of stays the same: one result in the first ring moves no other. */
export interface LaterRings {
  readonly foresee: (ring: number, passesMs: number, places: Places, scene: Scene) => LaterRing;
}

interface Kept extends LaterRing {
  readonly version: number;
  readonly opensMs: number;
  readonly untilMs: number;
  readonly free: Float64Array;
}

export function createLaterRings(): LaterRings {
  const kept: Kept[] = [];
  return {
    foresee: (ring, passesMs, places, scene) => {
      const opensMs = soonMs(passesMs);
      const untilMs = scene.input.nowMs + scene.input.horizonMs;
      const free = freeLater(places);
      const before = kept[ring];
      const version = scene.roster.versions[ring] ?? 0;
      const members =
        before?.version === version
          ? before.members
          : (scene.statics.byUrgency[ring] ?? new Int32Array()).filter((index) => standsFor(scene, index));
      if (
        before !== undefined &&
        before.opensMs === opensMs &&
        same(before.members, members) &&
        same(before.free, free) &&
        (before.untilMs === untilMs || (before.endsMs !== null && before.endsMs <= untilMs))
      )
        return (kept[ring] = { ...before, members, version });
      const next = { ...packRing(members, opensMs, untilMs, free, scene), members, version, opensMs, untilMs, free };
      kept[ring] = next;
      return next;
    },
  };
}

function packRing(
  members: Int32Array,
  opensMs: number,
  untilMs: number,
  free: Float64Array,
  { input, rules, statics }: Scene,
): Pick<LaterRing, 'startMs' | 'opening' | 'endsMs'> {
  const jobs = createJobs(input, statics, rules);
  for (const member of members) jobs.add(member, 'install', opensMs);
  const { classes } = jobs;
  const classOf = Int32Array.from(jobs.classOf);
  const { latestStartMs } = rules;
  const { startMs, opening } = pack({ fromMs: opensMs, untilMs, classes, classOf, free, releases: [], latestStartMs });
  let endsMs = opensMs;
  startMs.forEach((atMs, job) => {
    // NaN, for what does not begin, makes the whole NaN.
    endsMs = Math.max(endsMs, atMs + (classes[classOf[job] ?? -1]?.durationMs ?? 0));
  });
  return { startMs, opening, endsMs: Number.isNaN(endsMs) ? null : endsMs };
}

/** A member of a ring that is not open is foreseen when it is there and nothing holds it for good. */
function standsFor({ roster: { standings, traits } }: Scene, index: number): boolean {
  return standings[index] === 'waiting' && ((traits[index] ?? 0) & TRAIT.heldForGood) === 0;
}

/** What is under way now is over by then; what failed is still out. */
function freeLater({ free, releases }: Places): Float64Array {
  const then = free.slice();
  for (const { group } of releases) then[group] = (then[group] ?? 0) + 1;
  return then;
}

function same(a: Int32Array | Float64Array, b: Int32Array | Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}
