import type { PolicySummary } from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import {
  iso,
  passed,
  recount,
  sketchRollout,
  withEvent,
  withMembers,
  withRing,
  withState,
  type FakeRollout,
} from './fake-rollout.ts';

const HOUR_MS = 3_600_000;

/** One rollout in every state worth a picture. */
export function rolloutsOfFleet(
  fleet: readonly FakeEndpoint[],
  policy: PolicySummary,
  runId: string | null,
  nowMs: number,
): FakeRollout[] {
  const begin = (seed: number, name: string, hoursAgo: number, from: number): FakeRollout =>
    sketchRollout({
      seed,
      name,
      policy,
      fleet: fleet.slice(from, from + 30),
      startedMs: nowMs - hoursAgo * HOUR_MS,
      startedBy: `policy ${policy.name}`,
      runId,
    });
  return [
    underWay(begin(501, 'servers-weekly 2026-11-17', 30, 0), nowMs),
    halted(begin(502, 'servers-weekly 2026-11-10', 190, 30), nowMs),
    awaiting(begin(503, 'kernel, out of turn', 2, 60)),
    finished(begin(504, 'servers-weekly 2026-11-03', 360, 90), nowMs),
    held(begin(505, 'openssl, out of turn', 1, 120), nowMs),
  ];
}

function underWay(rollout: FakeRollout, nowMs: number): FakeRollout {
  const first = passed(rollout, 0, nowMs - 12 * HOUR_MS);
  const open = withRing(first, 1, {
    state: 'open',
    explanation: '3 of 6 endpoints are through; 1 failed, and the gate lets 1 pass',
    openedAt: iso(nowMs - 8 * HOUR_MS),
    predictedEndsAt: iso(nowMs + 5 * HOUR_MS),
    predictedPassesAt: iso(nowMs + 11 * HOUR_MS),
  });
  const ring = open.detail.rings[1]?.name;
  const own = open.members.filter((member) => member.ring === ring).map(({ endpointId }) => endpointId);
  const at =
    (...places: readonly number[]) =>
    (member: { endpointId: string }) =>
      places.some((place) => own[place] === member.endpointId);
  const working = [
    {
      places: [0, 1, 2],
      changes: {
        outcome: 'done',
        state: 'effective',
        explanation: 'installed and effective',
        wait: null,
        waitsUntil: null,
        trial: 'passed',
        generation: 2,
      },
    },
    {
      places: [3],
      changes: {
        outcome: 'failed',
        state: 'rolled-back',
        explanation: 'nginx.service failed after the installation; it is back at the versions before',
        wait: 'failed',
        waitsUntil: null,
        trial: 'passed',
        generation: 3,
      },
    },
    {
      places: [4],
      changes: {
        outcome: 'busy',
        state: 'working',
        explanation: 'installs since 3 minutes',
        wait: 'working',
        waitsUntil: null,
        trial: 'passed',
        generation: 2,
      },
    },
    {
      places: [5],
      changes: {
        explanation: 'waits for its window: weeknight, in 2 hours',
        wait: 'window',
        waitsUntil: iso(nowMs + 2 * HOUR_MS),
        slot: { startsAt: iso(nowMs + 2 * HOUR_MS), startBefore: iso(nowMs + 7 * HOUR_MS), window: 'weeknight' },
        trial: 'impossible',
        generation: 1,
      },
    },
  ] as const;
  const moved = working.reduce((before, { places, changes }) => withMembers(before, at(...places), changes), open);
  const offline = withMembers(moved, (member, index) => member.ring !== ring && index > 9 && index % 9 === 0, {
    outcome: 'offline',
    explanation: 'silent for 2 days; catches up in its next window',
    wait: 'offline',
    waitsUntil: null,
  });
  const told = withEvent(offline, nowMs - 12 * HOUR_MS, 'planner', 'gate-passed', 'canary passed its gate', 'canary');
  const { detail } = withState(told, { explanation: 'ring tenth is open; 1 of its endpoints failed', missCount: 1 }, [
    'approve',
    'halt',
    'skip-gate',
    'roll-back',
    'retry',
    'block',
    'cancel',
  ]);
  return {
    members: told.members,
    detail: {
      ...detail,
      failedElsewhere: {
        holds: false,
        patches: [
          {
            name: 'nginx',
            version: '1.22.1-9+deb12u2',
            organisationCount: null,
            platforms: ['debian'],
            day: iso(nowMs).slice(0, 10),
          },
        ],
      },
      misses: [
        {
          patch: 'openssl 3.0.17-1~deb12u3',
          deadline: iso(nowMs + 42 * HOUR_MS),
          endpointCount: 20,
          first: told.members.slice(10, 13).map(({ hostname }) => hostname),
          lastAt: iso(nowMs + 70 * HOUR_MS),
          advice: [
            'a soak of 2h instead of 6h for tenth would make it hold',
            'a window on Wednesday would make it hold',
          ],
        },
      ],
    },
  };
}

function halted(rollout: FakeRollout, nowMs: number): FakeRollout {
  const open = withRing(rollout, 0, {
    state: 'halted',
    explanation: '2 failures, and the gate lets none pass: web-0031, db-0032',
    openedAt: iso(nowMs - 188 * HOUR_MS),
    predictedEndsAt: null,
    predictedPassesAt: null,
  });
  const failed = withMembers(open, (member, index) => member.ring === open.detail.rings[0]?.name && index < 2, {
    outcome: 'failed',
    state: 'failed',
    explanation: 'dpkg could not configure rsyslog (exit status 1)',
    wait: 'failed',
    waitsUntil: null,
    trial: 'passed',
    generation: 2,
  });
  const told = withEvent(
    failed,
    nowMs - 185 * HOUR_MS,
    'planner',
    'halted',
    '2 failures, and the gate lets none pass',
    'canary',
  );
  return withState(
    told,
    {
      state: 'halted',
      explanation: 'halted by the gate of canary: 2 failures, and it lets none pass',
      predictedEndsAt: null,
    },
    ['resume', 'roll-back', 'retry', 'block', 'cancel'],
  );
}

/** Of what failed elsewhere while it waited for its first ring. */
function held(rollout: FakeRollout, nowMs: number): FakeRollout {
  const why = 'openssl 3.0.17-1~deb12u3 failed at 3 other organisations (debian, ubuntu)';
  const told = withEvent(
    rollout,
    nowMs,
    'failures elsewhere',
    'halted',
    `${rollout.detail.summary.name} waits: ${why}`,
  );
  const { detail, members } = withState(
    told,
    { state: 'halted', explanation: `halted by failures elsewhere: ${why}`, predictedEndsAt: null },
    ['resume', 'cancel'],
  );
  const day = iso(nowMs).slice(0, 10);
  const patches = detail.patches.map(({ name, version }, index) => ({
    name,
    version,
    organisationCount: index === 0 ? 3 : null,
    platforms: index === 0 ? ['debian', 'ubuntu'] : ['debian'],
    day,
  }));
  return { members, detail: { ...detail, failedElsewhere: { holds: true, patches } } };
}

function awaiting(rollout: FakeRollout): FakeRollout {
  const waiting = withMembers(rollout, () => true, {
    explanation: 'waits for 1 more approval',
    wait: 'approval',
    waitsUntil: null,
  });
  const { detail, members } = withState(
    waiting,
    { state: 'awaiting-approval', explanation: 'waits for 1 of 2 approvals', startedBy: 'ada' },
    ['approve', 'cancel'],
  );
  return { members, detail: { ...detail, approvals: { required: 2, from: ['ada', 'bob', 'operator'], by: ['ada'] } } };
}

function finished(rollout: FakeRollout, nowMs: number): FakeRollout {
  const through = [0, 1, 2].reduce(
    (before, ring) => passed(before, ring, nowMs - (340 - ring * 24) * HOUR_MS),
    rollout,
  );
  return recount(
    withState(
      through,
      {
        state: 'finished',
        explanation: 'all rings passed',
        endedAt: iso(nowMs - 290 * HOUR_MS),
        predictedEndsAt: null,
      },
      ['roll-back'],
    ),
  );
}
