import { SIMULATION_LIMITS } from '@thimble/protocol';
import type { Catalogue, Lacking, Patch } from './catalogue.ts';
import { createDays, type Days } from './days.ts';
import { createExposure, type Exposure, type Lane } from './exposure.ts';
import type { EndpointState } from './fleet-state.ts';
import { createForemost, type Foremost } from './pairs.ts';
import { createWindowLoads, type WindowLoads } from './window-loads.ts';

const DAY_MS = 86_400_000;

/** What is counted while a simulation goes on. */
export interface Accounts {
  readonly exposure: Exposure;
  readonly pairs: Foremost;
  readonly days: Days;
  readonly loads: WindowLoads;
  /** Bytes by day, days since 1970. */
  readonly traffic: ReadonlyMap<number, number>;
  readonly misses: ReadonlyMap<Lane, MissedLane>;
  readonly counts: Counts;
  /** A patch comes to an endpoint's list. */
  lacks(state: EndpointState, patch: Patch): void;
  /** Patches are there and effective. */
  has(state: EndpointState, set: Lacking, nowMs: number): void;
  /** They went back to what was before; `sinceMs`: when they became effective. */
  hasNotAnyMore(state: EndpointState, set: Lacking, sinceMs: number): void;
  fetches(bytes: number, nowMs: number): void;
  /** What is open at the end. `why`: of an endpoint and a patch. */
  close(fleet: readonly EndpointState[], endMs: number, why: (state: EndpointState, patch: Patch) => string): void;
}

export interface Counts {
  pending: number;
  installed: number;
  open: number;
  misses: number;
  failures: number;
  rolledBack: number;
  reboots: number;
  bytes: number;
  exposureMs: number;
}

export interface MissedLane {
  endpoints: number;
  readonly first: string[];
  /** null: one of them has it not within these days. */
  lastMs: number | null;
}

export function createAccounts(catalogue: Catalogue, startMs: number): Accounts {
  const exposure = createExposure();
  const pairs = createForemost(SIMULATION_LIMITS.items);
  const days = createDays();
  const traffic = new Map<number, number>();
  const misses = new Map<Lane, MissedLane>();
  const counts: Counts = {
    pending: 0,
    installed: 0,
    open: 0,
    misses: 0,
    failures: 0,
    rolledBack: 0,
    reboots: 0,
    bytes: 0,
    exposureMs: 0,
  };
  const laneOf = (state: EndpointState, patch: Patch): Lane => exposure.lane(state.policy, patch);

  function isMissed({ deadlineMs }: Lane, installedMs: number | null, endMs: number): boolean {
    return deadlineMs !== null && (installedMs ?? endMs) > deadlineMs;
  }

  function miss(lane: Lane, hostname: string, installedMs: number | null): void {
    const missed = misses.get(lane) ?? { endpoints: 0, first: [], lastMs: -Infinity };
    misses.set(lane, missed);
    counts.misses += 1;
    missed.endpoints += 1;
    if (missed.first.length < SIMULATION_LIMITS.names) missed.first.push(hostname);
    missed.lastMs = missed.lastMs === null || installedMs === null ? null : Math.max(missed.lastMs, installedMs);
  }

  function note(state: EndpointState, lane: Lane, installedMs: number | null, endMs: number, why: () => string): void {
    const missed = isMissed(lane, installedMs, endMs);
    const { id, traits } = state.endpoint;
    if (missed) miss(lane, traits.hostname, installedMs);
    pairs.add(missed, installedMs, () => ({
      endpointId: id,
      hostname: traits.hostname,
      patch: lane.patch.key,
      policy: lane.policy?.policy.name ?? '',
      ring: state.ring === null ? null : (lane.policy?.policy.rings[state.ring]?.name ?? null),
      sinceMs: lane.patch.arrivesMs,
      installedMs,
      deadlineMs: lane.deadlineMs,
      missed,
      why: why(),
    }));
  }

  return {
    exposure,
    pairs,
    days,
    loads: createWindowLoads(),
    traffic,
    misses,
    counts,
    lacks(state, patch) {
      laneOf(state, patch).open += 1;
      counts.pending += 1;
    },
    has(state, set, nowMs) {
      for (const index of set.patches) {
        const patch = catalogue.patch(index);
        const lane = laneOf(state, patch);
        lane.open -= 1;
        counts.installed += 1;
        counts.exposureMs += nowMs - Math.max(startMs, patch.arrivesMs);
        days.add(nowMs - patch.arrivesMs);
        note(state, lane, nowMs, nowMs, () => '');
      }
    },
    hasNotAnyMore(state, set, sinceMs) {
      for (const index of set.patches) {
        const patch = catalogue.patch(index);
        laneOf(state, patch).open += 1;
        counts.installed -= 1;
        counts.exposureMs -= sinceMs - Math.max(startMs, patch.arrivesMs);
        days.remove(sinceMs - patch.arrivesMs);
      }
    },
    fetches(bytes, nowMs) {
      const day = Math.floor(nowMs / DAY_MS);
      traffic.set(day, (traffic.get(day) ?? 0) + bytes);
      counts.bytes += bytes;
    },
    close(fleet, endMs, why) {
      for (const state of fleet)
        for (const index of state.lacks.patches) {
          const patch = catalogue.patch(index);
          counts.open += 1;
          counts.exposureMs += endMs - Math.max(startMs, patch.arrivesMs);
          note(state, laneOf(state, patch), null, endMs, () => why(state, patch));
        }
    },
  };
}
