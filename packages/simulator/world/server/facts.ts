import {
  isSilent,
  memberProgress,
  type MemberFacts,
  type PlanInput,
  type RunFacts,
  type TargetFacts,
} from '@thimble/rollouts';
import { SNAPSHOT_ID } from '../identity.ts';
import type { Scenario, ScenarioEndpoint } from '../scenario/scenario.ts';
import { rolloutOf } from './database.ts';
import type { Rows } from './rows.ts';

const DAY_MS = 86_400_000;
/** How far windows are looked at: a weekly one comes three times. */
const HORIZON_MS = 21 * DAY_MS;

/** The same objects each time: a planner keeps what it worked out from them. */
const PATCH_SETS: PlanInput['rollout']['patchSets'] = [[0]];
const NO_BLACKOUTS: PlanInput['rollout']['blackouts'] = [];

export function runFacts(rows: Rows, scenario: Scenario): RunFacts {
  return {
    approved: true,
    cancelRequested: false,
    checkInIntervalMs: scenario.checkInIntervalMs,
    snapshotId: SNAPSHOT_ID,
    rollout: rolloutOf(rows).state === 'running' ? 'under-way' : 'over',
  };
}

/** null: the endpoint was not asked for anything yet. */
export function targetFacts(rows: Rows, { id, hostname }: ScenarioEndpoint): TargetFacts | null {
  const target = rows.targets.get(id);
  if (target === undefined) return null;
  const { lastSeenAtMs = null } = rows.endpoints.get(id) ?? {};
  return { ...target, hostname, lastSeenAtMs, removed: false, orders: rows.orders.get(id) ?? [], busyWith: null };
}

/** All that the planner is given, read at one moment. */
export function planInput(rows: Rows, scenario: Scenario, nowMs: number): PlanInput {
  const { startedAtMs, approvedBy, halt, cancelled, rings, plan } = rolloutOf(rows);
  const run = runFacts(rows, scenario);
  const generations = new Map(plan?.assignments.map(({ endpointId, generation }) => [endpointId, generation]));
  return {
    nowMs,
    horizonMs: HORIZON_MS,
    previous: plan,
    rollout: {
      id: 'rollout',
      name: 'rollout',
      policy: scenario.policy,
      startedAtMs,
      approvedBy,
      halt,
      cancelled,
      rings,
      members: scenario.endpoints.map((endpoint) => memberFacts(endpoint, rows, run, scenario, nowMs, generations)),
      patches: scenario.patchFacts,
      patchSets: PATCH_SETS,
      budgetGroups: scenario.budgetGroups,
      blackouts: NO_BLACKOUTS,
    },
  };
}

function memberFacts(
  endpoint: ScenarioEndpoint,
  rows: Rows,
  run: RunFacts,
  { policy }: Scenario,
  nowMs: number,
  generations: ReadonlyMap<string, number>,
): MemberFacts {
  const { id, hostname, ring, budgetGroups, zoneOffsetHours } = endpoint;
  const { lastSeenAtMs = null } = rows.endpoints.get(id) ?? {};
  const { hold = null, rebootedAtMs = null } = rows.members.get(id) ?? {};
  return {
    endpointId: id,
    hostname,
    ring,
    progress: memberProgress(targetFacts(rows, endpoint), run, nowMs),
    online: !isSilent(lastSeenAtMs, run.checkInIntervalMs, nowMs),
    lastSeenMs: lastSeenAtMs,
    // POSIX turns the sign around: Etc/GMT-2 is two hours ahead of UTC.
    timeZone: zoneOffsetHours === 0 ? 'UTC' : `Etc/GMT${zoneOffsetHours > 0 ? '-' : '+'}${Math.abs(zoneOffsetHours)}`,
    budgetGroups,
    patchSet: 0,
    expectedMs: policy.deploy.expectedDurationMs ?? 0,
    busyWith: null,
    hold: hold !== null && (hold.untilMs === null || hold.untilMs > nowMs) ? hold : null,
    generation: generations.get(id) ?? 0,
    rebootedAtMs,
  };
}
