import type {
  PolicySummary,
  RingState,
  RolloutAction,
  RolloutDetail,
  RolloutMember,
  RolloutRing,
} from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';

/** A rollout and its endpoints; all counts follow from the endpoints. */
export interface FakeRollout {
  detail: RolloutDetail;
  members: RolloutMember[];
}

export interface RolloutSketch {
  readonly seed: number;
  readonly name: string;
  readonly policy: PolicySummary;
  readonly fleet: readonly FakeEndpoint[];
  readonly startedMs: number;
  readonly startedBy: string;
  readonly runId: string | null;
}

const HOUR_MS = 3_600_000;
const SHARES = [0.1, 0.3, 1];
const SOAK_SECONDS = 6 * 3600;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** One that has just begun: its first ring is open. */
export function sketchRollout(sketch: RolloutSketch): FakeRollout {
  const { seed, name, policy, fleet, startedMs, startedBy, runId } = sketch;
  const random = seeded(seed);
  const ringOf = (index: number): string =>
    policy.ringNames[SHARES.findIndex((share) => index < Math.ceil(fleet.length * share))] ??
    policy.ringNames[0] ??
    'all';
  const members = fleet.map((one, index): RolloutMember => ({
    endpointId: one.summary.id,
    hostname: one.summary.hostname,
    ring: ringOf(index),
    state: null,
    outcome: 'waiting',
    explanation: 'waits for its ring',
    wait: 'ring',
    waitsUntil: iso(startedMs + 44 * HOUR_MS),
    slot: null,
    deadline: iso(startedMs + 7 * 24 * HOUR_MS),
    trial: null,
    generation: 0,
    hold: null,
  }));
  const rings = policy.ringNames.map((ring, index): RolloutRing => {
    const opensMs = startedMs + index * 20 * HOUR_MS;
    return {
      name: ring,
      state: 'waiting',
      explanation: index === 0 ? '' : `waits for ${policy.ringNames[index - 1] ?? ''} to pass its gate`,
      memberCount: 0,
      counts: { done: 0, busy: 0, failed: 0, waiting: 0, offline: 0, 'left-out': 0 },
      openedAt: null,
      predictedOpensAt: iso(opensMs),
      predictedEndsAt: iso(opensMs + 8 * HOUR_MS),
      predictedPassesAt: iso(opensMs + 14 * HOUR_MS),
      passedAt: null,
      skippedBy: null,
      soakSeconds: SOAK_SECONDS,
      approvals: { required: index === 1 ? 2 : 0, by: index === 1 ? ['ada'] : [] },
      probes: index === 0 ? [probeOf(startedMs)] : [],
      slots: [3, 4, 5].map((hour) => ({
        startsAt: iso(opensMs + hour * HOUR_MS),
        endsAt: iso(opensMs + (hour + 1) * HOUR_MS),
        window: 'weeknight',
        count: Math.max(1, Math.round((members.filter((one) => one.ring === ring).length * (6 - hour)) / 6)),
      })),
    };
  });
  const rollout: FakeRollout = {
    members,
    detail: {
      summary: {
        id: random.uuid(),
        name,
        policy: { id: policy.id, name: policy.name, version: policy.version },
        state: 'running',
        explanation: '',
        content: null,
        runId,
        startedAt: iso(startedMs),
        startedBy,
        endedAt: null,
        predictedEndsAt: iso(startedMs + 60 * HOUR_MS),
        memberCount: members.length,
        counts: { done: 0, busy: 0, failed: 0, waiting: 0, offline: 0, 'left-out': 0 },
        rings: [],
        patchCount: 2,
        missCount: 0,
      },
      rings,
      actions: ['halt', 'roll-back', 'cancel'],
      approvals: { required: 0, from: null, by: [] },
      patches: PATCHES.map((patch) => ({
        ...patch,
        deadline: patch.kev ? iso(startedMs + 3 * 24 * HOUR_MS) : iso(startedMs + 14 * 24 * HOUR_MS),
        endpointCount: members.length,
        doneCount: 0,
      })),
      misses: [],
      failedElsewhere: { holds: false, patches: [] },
      events: [
        { at: iso(startedMs), actor: startedBy, kind: 'started', ring: null, summary: `${startedBy} started it` },
      ],
      plan: { id: random.uuid(), parentId: null, number: 1, madeAt: iso(startedMs), sha256: random.hex(64) },
    },
  };
  return recount(rollout);
}

/** The numbers anew, from what its endpoints are. */
export function recount({ detail, members }: FakeRollout): FakeRollout {
  const countsOf = (some: readonly RolloutMember[]) => {
    const counts = { done: 0, busy: 0, failed: 0, waiting: 0, offline: 0, 'left-out': 0 };
    for (const { outcome } of some) counts[outcome] += 1;
    return counts;
  };
  const rings = detail.rings.map((ring) => {
    const own = members.filter((member) => member.ring === ring.name);
    return { ...ring, memberCount: own.length, counts: countsOf(own) };
  });
  const counts = countsOf(members);
  return {
    members,
    detail: {
      ...detail,
      rings,
      patches: detail.patches.map((patch) => ({ ...patch, doneCount: counts.done })),
      summary: {
        ...detail.summary,
        counts,
        rings: rings.map(({ name, state, memberCount, counts: own }) => ({
          name,
          state,
          memberCount,
          doneCount: own.done,
        })),
      },
    },
  };
}

export function withRing(rollout: FakeRollout, index: number, changes: Partial<RolloutRing>): FakeRollout {
  const rings = rollout.detail.rings.map((ring, at) => (at === index ? { ...ring, ...changes } : ring));
  return recount({ ...rollout, detail: { ...rollout.detail, rings } });
}

export function withMembers(
  rollout: FakeRollout,
  applies: (member: RolloutMember, index: number) => boolean,
  changes: Partial<RolloutMember>,
): FakeRollout {
  let index = -1;
  const members = rollout.members.map((member) => {
    index += 1;
    return applies(member, index) ? { ...member, ...changes } : member;
  });
  return recount({ ...rollout, members });
}

export function withState(
  rollout: FakeRollout,
  changes: Partial<RolloutDetail['summary']>,
  actions: readonly RolloutAction[],
): FakeRollout {
  const { detail } = rollout;
  return { ...rollout, detail: { ...detail, actions: [...actions], summary: { ...detail.summary, ...changes } } };
}

export function withEvent(
  rollout: FakeRollout,
  at: number,
  actor: string,
  kind: string,
  summary: string,
  ring: string | null = null,
): FakeRollout {
  const { detail } = rollout;
  return { ...rollout, detail: { ...detail, events: [{ at: iso(at), actor, kind, ring, summary }, ...detail.events] } };
}

/** A ring that is through. */
export function passed(rollout: FakeRollout, index: number, atMs: number): FakeRollout {
  const name = rollout.detail.rings[index]?.name ?? '';
  const state: RingState = 'passed';
  const done = withMembers(rollout, (member) => member.ring === name && member.outcome === 'waiting', {
    outcome: 'done',
    state: 'effective',
    explanation: 'installed and effective',
    wait: null,
    waitsUntil: null,
    trial: 'passed',
    generation: 2,
  });
  return withRing(done, index, {
    state,
    explanation: '',
    openedAt: iso(atMs - 14 * HOUR_MS),
    predictedEndsAt: null,
    predictedPassesAt: null,
    passedAt: iso(atMs),
  });
}

const PATCHES = [
  {
    name: 'openssl',
    version: '3.0.17-1~deb12u3',
    severity: 'critical',
    kev: true,
    vulnerabilities: ['CVE-2024-6387', 'CVE-2025-32463'],
    deadlineBecause: 'known to be exploited: the catalogue’s due date',
  },
  {
    name: 'nginx',
    version: '1.22.1-9+deb12u2',
    severity: 'high',
    kev: false,
    vulnerabilities: ['CVE-2024-50379'],
    deadlineBecause: 'high: 14d from when the vendor published it',
  },
];

function probeOf(ms: number): RolloutRing['probes'][number] {
  return {
    name: 'error-rate',
    query: 'sum(rate(http_errors[5m]))',
    bound: 'at most 0.5',
    value: 0.02,
    passed: true,
    message: '',
    at: iso(ms),
  };
}
