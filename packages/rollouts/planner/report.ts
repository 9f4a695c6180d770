import type { Forecast } from './forecast.ts';
import type { Scene } from './member-steps.ts';
import { missesOf, type Advise } from './misses.ts';
import type { Assignment, PlanReport, RingReport } from './plan.ts';
import { NOBODY } from './tally.ts';
import type { Wait } from './wait.ts';
import { gateInWords, IN_UTC, waitInWords } from './words.ts';

export function reportOf(
  scene: Scene,
  forecast: Forecast,
  assignments: readonly Assignment[],
  advise: Advise,
): PlanReport {
  const { input, tallies, standing } = scene;
  const rings = input.rollout.policy.rings.map(({ name }, index): RingReport => {
    const { state, why } = standing.rings[index] ?? { state: 'waiting', why: null };
    const { members, counts } = tallies[index] ?? NOBODY;
    const { opensMs, endsMs, passesMs } = forecast.rings[index] ?? { opensMs: null, endsMs: null, passesMs: null };
    return { name, state, why, members, counts, opensMs, endsMs, passesMs };
  });
  const ends = rings.map(({ endsMs }) => endsMs);
  return {
    explanation: explain(scene, rings, assignments),
    rings,
    misses: missesOf(scene, forecast, advise),
    endsMs: ends.some((endMs) => endMs === null) ? null : Math.max(...ends.map((endMs) => endMs ?? 0)),
  };
}

/** What the rollout as a whole waits for, in a sentence. */
function explain(scene: Scene, rings: readonly RingReport[], assignments: readonly Assignment[]): string {
  const { input, standing, tallies } = scene;
  const { rollout } = input;
  const going = rings.filter(({ state }) => state === 'rolling-back').map(({ name }) => name);
  if (going.length > 0) return `goes back to the versions before: ${going.join(', ')}`;
  const busy = tallies.reduce((sum, { counts }) => sum + counts.busy, 0);
  if (rollout.cancelled) return busy > 0 ? `cancelled; ${busy} still work on an order` : 'cancelled';
  if (standing.halt !== null)
    return `halted by ${standing.halt.by}: ${standing.halt.why}${busy > 0 ? `; ${busy} still work on an order` : ''}`;
  if (standing.approvalsMissing > 0)
    return `waits until ${standing.approvalsMissing} more ${standing.approvalsMissing === 1 ? 'person approves' : 'people approve'} it; what it foresees takes that to happen now`;
  const current = rings.findIndex(({ state }) => state !== 'passed');
  const ring = rings[current];
  if (ring !== undefined) return explainRing(ring, busy > 0 ? null : commonWait(scene, current, assignments));
  const waiting = tallies.reduce((sum, { counts }) => sum + counts.waiting + counts.busy, 0);
  if (waiting > 0) return `all rings have passed; ${waiting} endpoints catch up`;
  const offline = tallies.reduce((sum, { counts }) => sum + counts.offline, 0);
  return offline > 0 ? `all rings have passed; ${offline} endpoints are off` : 'all rings have passed';
}

function explainRing({ name, why, endsMs }: RingReport, stuck: string | null): string {
  const words = why === null ? 'passes its gate' : gateInWords(why);
  const end = why?.kind === 'patching' && endsMs !== null ? `, by the plan all of them ${IN_UTC(endsMs)}` : '';
  return `ring ${name}: ${words}${end}${stuck === null ? '' : `; ${stuck}`}`;
}

/** What most of a ring wait for where nobody works: what keeps it. */
function commonWait({ input, statics }: Scene, ring: number, assignments: readonly Assignment[]): string | null {
  const waits = new Map<Wait['kind'], { count: number; readonly first: Wait; readonly index: number }>();
  for (const index of statics.byUrgency[ring] ?? []) {
    const wait = assignments[index]?.wait ?? null;
    if (wait === null || wait.kind === 'failed' || wait.kind === 'offline') continue;
    const known = waits.get(wait.kind) ?? { count: 0, first: wait, index };
    known.count++;
    waits.set(wait.kind, known);
  }
  const [most] = [...waits.values()].toSorted((a, b) => b.count - a.count);
  if (most === undefined) return null;
  const others = most.count === 1 ? '' : ` (and ${most.count - 1} others)`;
  return `${input.rollout.members[most.index]?.hostname ?? ''} ${waitInWords(most.first)}${others}`;
}
