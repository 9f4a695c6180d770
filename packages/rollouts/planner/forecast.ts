import { createJobs, type Jobs } from './jobs.ts';
import type { LaterRing, LaterRings } from './later-ring.ts';
import type { Due, Scene, WorkKind } from './member-steps.ts';
import { pack } from './packing.ts';
import { overAtMs, placesNow, type Places } from './places.ts';
import { NOBODY } from './tally.ts';

/** What is due for each member, and which of them need a place for it: the most urgent first. */
export interface DueNow {
  readonly dues: readonly Due[];
  readonly working: readonly number[];
}

/** What begins when, as far as can be said now. */
export interface Forecast {
  /** For each member when its work begins; NaN: it has none, or nobody can say. */
  readonly startMs: Float64Array;
  /** Index of the opening in which it begins; -1: none. */
  readonly opening: Int32Array;
  /** The group that has no place for it although its window is open; -1: none. */
  readonly heldBy: Int32Array;
  readonly rings: readonly RingForecast[];
}

export interface RingForecast {
  /** null: nobody can say. */
  readonly opensMs: number | null;
  readonly endsMs: number | null;
  readonly passesMs: number | null;
}

/** What is out goes back first, then what is installed is finished, then the most urgent begin. */
const TURNS: readonly (readonly WorkKind[])[] = [['roll-back'], ['reboot', 'restart-services'], ['install']];

const NEVER: RingForecast = { opensMs: null, endsMs: null, passesMs: null };

/**
 * Packs what can be worked on now, then ring after ring, each from when the one before is foreseen to pass. People whose approval a
 * ring needs are taken to give it at once, and probes to be well.
 */
export function forecast(scene: Scene, due: DueNow, laterRings: LaterRings): Forecast {
  const { input, standing } = scene;
  const count = input.rollout.members.length;
  const startMs = new Float64Array(count).fill(Number.NaN);
  const opening = new Int32Array(count).fill(-1);
  const heldBy = new Int32Array(count).fill(-1);
  const places = placesNow(scene);
  recordNow(scene, due, places, { startMs, opening, heldBy });
  const rings: RingForecast[] = [];
  let passesMs: number | null = standing.halt === null && !input.rollout.cancelled ? input.nowMs : null;
  standing.rings.forEach((ring, index) => {
    const opened = input.rollout.rings[index]?.openedAtMs ?? null;
    const awaited = index === 0 && standing.approvalsMissing > 0;
    const foreseen =
      ring.open || awaited || passesMs === null ? null : laterRings.foresee(index, passesMs, places, scene);
    foreseen?.members.forEach((member, job) => {
      startMs[member] = foreseen.startMs[job] ?? Number.NaN;
      opening[member] = foreseen.opening[job] ?? -1;
    });
    const opensMs = opened ?? passesMs;
    const next =
      opensMs === null
        ? NEVER
        : foreseen === null
          ? endOf(index, scene, { startMs, opensMs })
          : endOfLater(index, scene, foreseen, opensMs);
    rings.push(next);
    passesMs = passesMs === null ? null : ring.passed ? Math.max(passesMs, input.nowMs) : next.passesMs;
  });
  return { startMs, opening, heldBy, rings };
}

function recordNow(
  scene: Scene,
  due: DueNow,
  { free, releases }: Places,
  into: Pick<Forecast, 'startMs' | 'opening' | 'heldBy'>,
): void {
  const { nowMs, horizonMs } = scene.input;
  const { latestStartMs } = scene.rules;
  const { member, classes, classOf: indexes } = jobsNow(scene, due);
  const classOf = Int32Array.from(indexes);
  const packing = pack({ fromMs: nowMs, untilMs: nowMs + horizonMs, classes, classOf, free, releases, latestStartMs });
  member.forEach((index, job) => {
    into.startMs[index] = packing.startMs[job] ?? Number.NaN;
    into.opening[index] = packing.opening[job] ?? -1;
    into.heldBy[index] = packing.heldBy[classOf[job] ?? -1] ?? -1;
  });
}

function jobsNow({ input, rules, statics }: Scene, { dues, working }: DueNow): Jobs {
  const jobs = createJobs(input, statics, rules);
  for (const turn of TURNS)
    for (const member of working) {
      const { work, notBeforeMs } = dues[member] ?? { work: null, notBeforeMs: 0 };
      if (work !== null && turn.includes(work)) jobs.add(member, work, notBeforeMs);
    }
  return jobs;
}

function endOfLater(
  ring: number,
  { input, tallies, rules }: Scene,
  { members, endsMs }: LaterRing,
  opensMs: number,
): RingForecast {
  const { counts } = tallies[ring] ?? NOBODY;
  // Somebody who is held for good never ends.
  if (endsMs === null || members.length < counts.busy + counts.waiting) return { ...NEVER, opensMs };
  const soakMs = input.rollout.policy.rings[ring]?.soakMs ?? 0;
  return { opensMs, endsMs, passesMs: rules.soakEndsMs(endsMs, soakMs) };
}

function endOf(
  ring: number,
  { input, statics, roster, tallies, standing, rules }: Scene,
  { startMs, opensMs }: { readonly startMs: Float64Array; readonly opensMs: number },
): RingForecast {
  const { nowMs, rollout } = input;
  const facts = rollout.rings[ring];
  if (facts?.passedAtMs != null) return { opensMs, endsMs: facts.passedAtMs, passesMs: facts.passedAtMs };
  if (standing.halt !== null || facts?.rollBack != null) return { ...NEVER, opensMs };
  let endsMs = Math.max(opensMs, tallies[ring]?.lastTouchedMs ?? opensMs);
  for (const member of statics.byUrgency[ring] ?? []) {
    const memberStanding = roster.standings[member];
    if (memberStanding !== 'waiting' && memberStanding !== 'busy') continue;
    const durationMs = statics.durationOf[member] ?? 0;
    const overMs =
      memberStanding === 'busy'
        ? overAtMs(roster.touchedMs[member] ?? nowMs, durationMs, nowMs)
        : (startMs[member] ?? Number.NaN) + durationMs;
    if (Number.isNaN(overMs)) return { ...NEVER, opensMs };
    endsMs = Math.max(endsMs, overMs);
  }
  const soakMs = rollout.policy.rings[ring]?.soakMs ?? 0;
  const why = standing.rings[ring]?.why;
  if (why?.kind === 'too-few' || why?.kind === 'success-rate') return { ...NEVER, opensMs, endsMs };
  return { opensMs, endsMs, passesMs: Math.max(nowMs, rules.soakEndsMs(endsMs, soakMs)) };
}
