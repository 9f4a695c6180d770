import { deadlineOf } from '@thimble/rollouts';
import { isExploited, riskOf, type Patch } from './catalogue.ts';
import type { SimulatedPolicy } from './input.ts';

/** How many endpoints of a policy lack a patch, by when they should have it. */
export interface Lane {
  readonly patch: Patch;
  /** null: endpoints that no policy takes. */
  readonly policy: SimulatedPolicy | null;
  open: number;
  /** null: none. */
  deadlineMs: number | null;
  risk: number;
  exploited: boolean;
}

export interface Exposure {
  readonly lanes: Iterable<Lane>;
  lane(policy: SimulatedPolicy | null, patch: Patch): Lane;
  /** What was found out about a patch changes when it is due, and how bad it is. */
  refresh(patch: Patch): void;
  point(nowMs: number): ExposurePoint;
}

export interface ExposurePoint {
  readonly atMs: number;
  readonly open: number;
  readonly overdue: number;
  readonly exploited: number;
  readonly risk: number;
}

export function createExposure(): Exposure {
  const byPolicy = new Map<SimulatedPolicy | null, Map<Patch, Lane>>();
  const lanes: Lane[] = [];

  function judge(lane: Lane): void {
    const { patch, policy } = lane;
    lane.risk = riskOf(patch);
    lane.exploited = isExploited(patch.updates);
    lane.deadlineMs = policy === null ? null : deadlineOfPatch(policy, patch);
  }

  return {
    lanes,
    lane(policy, patch) {
      const of = byPolicy.get(policy) ?? new Map<Patch, Lane>();
      byPolicy.set(policy, of);
      const known = of.get(patch);
      if (known !== undefined) return known;
      const lane: Lane = { patch, policy, open: 0, deadlineMs: null, risk: 0, exploited: false };
      judge(lane);
      of.set(patch, lane);
      lanes.push(lane);
      return lane;
    },
    refresh(patch) {
      for (const lane of lanes) if (lane.patch === patch) judge(lane);
    },
    point(atMs) {
      let [open, overdue, exploited, risk] = [0, 0, 0, 0];
      for (const lane of lanes) {
        open += lane.open;
        if (lane.deadlineMs !== null && lane.deadlineMs < atMs) overdue += lane.open;
        if (lane.exploited) exploited += lane.open;
        risk += lane.risk * lane.open;
      }
      return { atMs, open, overdue, exploited, risk };
    },
  };
}

/** The soonest of the deadlines of what belongs to a fix. */
export function deadlineOfPatch({ policy }: SimulatedPolicy, { updates }: Patch): number | null {
  const deadlines = updates
    .map(({ fixedSinceMs, ...update }) =>
      deadlineOf(policy.deadlines, { ...update, publishedMs: fixedSinceMs ?? update.publishedMs }),
    )
    .map(({ deadlineMs }) => deadlineMs)
    .filter((deadlineMs) => deadlineMs !== null);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}
