import { fnv1a } from '../random/fnv1a.ts';
import { createRandom } from '../random/random.ts';

/** What goes wrong, drawn for each endpoint and moment alone, so that another policy meets the same chances. */
export interface Chances {
  /** Whether this installation fails on this endpoint. */
  fails(endpointId: string, rolloutNumber: number): boolean;
  /** Whether it is off on this day. */
  isAway(endpointId: string, day: number): boolean;
  /** Of its expected length, how much it takes. */
  share(endpointId: string, rolloutNumber: number): number;
}

/** An endpoint is off on one day in fifty, as long as nobody has measured its fleet. */
export const AWAY_SHARE = 0.02;
export const FAILURE_SHARE = 0.01;

export function createChances(seed: number | null, failureShare: number = FAILURE_SHARE): Chances {
  if (seed === null) return { fails: () => false, isAway: () => false, share: () => 1 };
  const draw = (what: string): number => createRandom(fnv1a(what, seed)).next();
  return {
    fails: (endpointId, rollout) => draw(`fails ${rollout} ${endpointId}`) < failureShare,
    isAway: (endpointId, day) => draw(`away ${day} ${endpointId}`) < AWAY_SHARE,
    // In quarters: what ends at the same moment is planned for together.
    share: (endpointId, rollout) => (1 + Math.floor(4 * draw(`takes ${rollout} ${endpointId}`))) / 4,
  };
}
