import type {
  BlackoutCalendar,
  Freeze,
  LiveEvent,
  PolicyDetail,
  SimulateRequest,
  SimulationJob,
  StartRolloutRequest,
  WindowCalendar,
} from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';
import { calendarsOfFleet, freezesOfFleet, policiesOfFleet } from './fake-policies.ts';
import {
  iso,
  passed,
  sketchRollout,
  withEvent,
  withMembers,
  withRing,
  withState,
  type FakeRollout,
} from './fake-rollout.ts';
import { fakeReply } from './fake-simulation.ts';
import { inheritedPolicies } from './inherited-policies.ts';
import { rolloutsOfFleet } from './rollouts-of-fleet.ts';

/** Policies, freezes, calendars and rollouts; those that are started go from ring to ring in a few steps. */
export interface FakePatching {
  readonly policies: PolicyDetail[];
  readonly rollouts: FakeRollout[];
  readonly freezes: Freeze[];
  readonly calendars: BlackoutCalendar[];
  readonly simulations: Map<string, SimulationJob>;
  /** While true, rollouts that were started stand still: a busy machine must not miss what a test wants to see. */
  paused: boolean;
  putPolicy(policy: PolicyDetail): void;
  putRollout(rollout: FakeRollout): FakeRollout;
  start(request: StartRolloutRequest): FakeRollout | undefined;
  simulate(request: SimulateRequest): SimulationJob;
  newId(): string;
  windows(fromMs: number, toMs: number): WindowCalendar;
}

interface Surroundings {
  readonly fleet: readonly FakeEndpoint[];
  readonly stepMs: number;
  readonly runId: string | null;
  now(): number;
  later(ms: number, work: () => void): void;
  emit(event: LiveEvent): void;
}

export function createFakePatching({ fleet, stepMs, runId, now, later, emit }: Surroundings): FakePatching {
  const random = seeded(71);
  const policies = [...policiesOfFleet(fleet, now()), ...inheritedPolicies(fleet, now())];
  const freezes = freezesOfFleet(fleet, now());
  const calendars = calendarsOfFleet(now());
  const [policy] = policies;
  const rollouts =
    policy === undefined || fleet.length < 120 ? [] : rolloutsOfFleet(fleet, policy.summary, runId, now());
  const simulations = new Map<string, SimulationJob>();

  const putPolicy = (changed: PolicyDetail): void => {
    const at = policies.findIndex(({ summary }) => summary.id === changed.summary.id);
    if (at < 0) policies.push(changed);
    else policies[at] = changed;
    emit({ kind: 'policies-changed' });
  };
  const putRollout = (changed: FakeRollout): FakeRollout => {
    const at = rollouts.findIndex(({ detail }) => detail.summary.id === changed.detail.summary.id);
    if (at < 0) rollouts.unshift(changed);
    else rollouts[at] = changed;
    emit({ kind: 'rollout-changed', rolloutId: changed.detail.summary.id });
    return changed;
  };
  /** One step of the ring that is open; a rollout that is halted waits, one that is over is left alone. */
  const step = (id: string): void => {
    const rollout = rollouts.find(({ detail }) => detail.summary.id === id);
    if (
      rollout === undefined ||
      rollout.detail.summary.endedAt !== null ||
      rollout.detail.summary.state === 'rolled-back'
    )
      return;
    if (rollout.detail.summary.state === 'running' && !patching.paused) putRollout(advanced(rollout, now()));
    later(stepMs, () => step(id));
  };
  const patching: FakePatching = {
    paused: false,
    policies,
    rollouts,
    freezes,
    calendars,
    simulations,
    putPolicy,
    putRollout,
    newId: random.uuid,
    start: ({ policyId, name }) => {
      const followed = policies.find(({ summary }) => summary.id === policyId);
      if (followed === undefined) return undefined;
      const begun = sketchRollout({
        seed: 600 + rollouts.length,
        name: name ?? `${followed.summary.name} ${iso(now()).slice(0, 10)}`,
        policy: followed.summary,
        fleet: fleet.slice(0, 20),
        startedMs: now(),
        startedBy: 'operator',
        runId: null,
      });
      later(stepMs, () => step(begun.detail.summary.id));
      return putRollout(withState(begun, { explanation: 'the first ring opens' }, ['halt', 'roll-back', 'cancel']));
    },
    simulate: (request) => {
      const job: SimulationJob = {
        id: random.uuid(),
        state: 'running',
        createdAt: iso(now()),
        createdBy: 'operator',
        percent: 0,
        error: null,
        reply: null,
      };
      simulations.set(job.id, job);
      const put = (changes: Partial<SimulationJob>): void => {
        const present = simulations.get(job.id);
        if (present?.state === 'running') simulations.set(job.id, { ...present, ...changes });
      };
      later(stepMs * 2, () => put({ percent: 55 }));
      later(stepMs * 4, () => put({ state: 'done', percent: 100, reply: fakeReply(request, fleet, now()) }));
      return job;
    },
    windows: (fromMs, toMs) => windowsBetween(policies, freezes, calendars, fromMs, toMs),
  };
  return patching;
}

function advanced(rollout: FakeRollout, nowMs: number): FakeRollout {
  const { rings } = rollout.detail;
  const at = rings.findIndex(({ state }) => state !== 'passed');
  const ring = rings[at];
  if (ring === undefined)
    return withEvent(
      withState(
        rollout,
        { state: 'finished', explanation: 'all rings passed', endedAt: iso(nowMs), predictedEndsAt: null },
        ['roll-back'],
      ),
      nowMs,
      'planner',
      'finished',
      'all rings passed',
    );
  const own = rollout.members.some((member) => member.ring === ring.name && member.outcome === 'busy');
  if (ring.state === 'soaking') return passed(rollout, at, nowMs);
  if (own)
    return withRing(
      withMembers(rollout, (member) => member.ring === ring.name && member.outcome === 'busy', {
        outcome: 'done',
        state: 'effective',
        explanation: 'installed and effective',
        wait: null,
      }),
      at,
      { state: 'soaking', explanation: 'soaks until its last endpoint was patched for 6 h' },
    );
  const opened = withRing(rollout, at, { state: 'open', openedAt: iso(nowMs), explanation: 'its endpoints install' });
  return withEvent(
    withMembers(opened, (member) => member.ring === ring.name && member.hold === null, {
      outcome: 'busy',
      state: 'working',
      explanation: 'installs',
      wait: 'working',
      waitsUntil: null,
    }),
    nowMs,
    'planner',
    'ring-opened',
    `${ring.name} is open`,
    ring.name,
  );
}

function windowsBetween(
  policies: readonly PolicyDetail[],
  freezes: readonly Freeze[],
  calendars: readonly BlackoutCalendar[],
  fromMs: number,
  toMs: number,
): WindowCalendar {
  const none = { policy: null, timeZone: 'UTC', plannedCount: 0 };
  const items: WindowCalendar['items'] = [
    ...policies
      .filter(({ summary }) => summary.enabled)
      .flatMap(({ summary, effect }) =>
        effect.nextWindows.map(({ window, timeZone, startsAt, endsAt }, index) => ({
          kind: 'window' as const,
          name: window,
          policy: { id: summary.id, name: summary.name },
          timeZone,
          startsAt,
          endsAt,
          plannedCount: index === 0 ? 12 : 0,
          endpointCount: summary.endpointCount,
        })),
      ),
    ...calendars.flatMap(({ name, next }) =>
      next.map(({ startsAt, endsAt }) => ({
        ...none,
        kind: 'blackout' as const,
        name,
        startsAt,
        endsAt,
        endpointCount: 200,
      })),
    ),
    ...freezes.map(({ reason, startsAt, endsAt, endedAt, endpointCount }) => ({
      ...none,
      kind: 'freeze' as const,
      name: reason,
      startsAt,
      endsAt: endedAt ?? endsAt ?? iso(toMs),
      endpointCount,
    })),
  ];
  return {
    from: iso(fromMs),
    to: iso(toMs),
    items: items.filter(({ startsAt, endsAt }) => Date.parse(startsAt) < toMs && Date.parse(endsAt) > fromMs),
    truncated: false,
  };
}
