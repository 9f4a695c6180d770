import type { WindowRule } from '../../calendar/index.ts';
import type { Policy, Ring } from '../../policy/policy.ts';
import type { MemberFacts, PlanInput, RingFacts, RolloutFacts } from '../index.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Friday, noon in UTC. */
export const NOON = Date.UTC(2026, 4, 1, 12);

export const NIGHTLY: WindowRule = {
  name: 'nightly',
  words: 'every day',
  rrule: 'FREQ=DAILY',
  shiftDays: 0,
  from: '2024-01-01',
  at: '22:00',
  durationMs: 4 * HOUR,
  timeZone: 'endpoint',
  except: [],
};

export const RING: Ring = {
  name: 'all',
  members: { kind: 'rest' },
  soakMs: 0,
  gate: {
    successAtLeastPercent: 100,
    failuresAtMost: { kind: 'count', count: 0 },
    patchedAtLeast: 1,
    probes: [],
    approvals: 0,
  },
  trial: {
    mode: 'none',
    first: 1,
    whenImpossible: 'continue',
    checks: [],
    deadlineMs: HOUR,
    diskBytes: 0,
    memoryBytes: 0,
  },
  windows: [],
  atOnce: { kind: 'count', count: 10 },
};

export const POLICY: Policy = {
  name: 'weekly',
  description: '',
  enabled: true,
  priority: 100,
  clients: 'none',
  scope: {},
  exclude: null,
  select: {},
  always: null,
  deadlines: {
    kev: null,
    actMs: null,
    attendMs: null,
    criticalMs: null,
    highMs: null,
    mediumMs: null,
    lowMs: null,
    otherMs: null,
  },
  content: { kind: 'newest-snapshot' },
  start: { every: null, urgent: null },
  rings: [RING],
  windows: [],
  blackouts: [],
  atOnce: { kind: 'count', count: 10 },
  budgets: [],
  approvals: { required: 0, from: null },
  deploy: {
    preStageMs: 0,
    before: [],
    after: [],
    fileSystemSnapshot: 'none',
    restartServices: true,
    reboot: { when: 'if-needed', consent: 'none', deferForMs: 0, staggerMs: 0 },
    checks: [],
    expectedDurationMs: null,
  },
  onFailure: { rollBack: 'endpoint', block: false },
};

export const UNOPENED: RingFacts = {
  openedAtMs: null,
  passedAtMs: null,
  skippedBy: null,
  approvedBy: [],
  rollBack: null,
  probes: [],
};

export function member(number: number, facts: Partial<MemberFacts> = {}): MemberFacts {
  return {
    endpointId: `e${number}`,
    hostname: `web${number}`,
    ring: 0,
    progress: { kind: 'not-asked' },
    online: true,
    lastSeenMs: NOON,
    timeZone: 'Europe/Berlin',
    budgetGroups: [],
    patchSet: 0,
    expectedMs: 30 * MINUTE,
    busyWith: null,
    hold: null,
    generation: 0,
    rebootedAtMs: null,
    ...facts,
  };
}

export const PLANNED: Extract<MemberFacts['progress'], { kind: 'planned' }> = {
  kind: 'planned',
  transactionDigest: 'd'.repeat(64),
  trial: 'none',
  preStage: 'none',
  blocked: [],
  message: '',
};

export const FAILED: Extract<MemberFacts['progress'], { kind: 'failed' }> = {
  kind: 'failed',
  sinceMs: NOON - HOUR,
  message: 'nginx.service failed',
  before: null,
  attempts: 1,
  undoable: false,
  unknown: false,
};

export function rollout(policy: Partial<Policy>, facts: Partial<RolloutFacts> = {}): RolloutFacts {
  const whole = { ...POLICY, ...policy };
  return {
    id: 'r1',
    name: 'weekly 1',
    policy: whole,
    startedAtMs: NOON - HOUR,
    approvedBy: [],
    halt: null,
    cancelled: false,
    rings: whole.rings.map(() => UNOPENED),
    members: [],
    patches: [{ key: 'openssl 3.0.22-1', deadlineMs: null, risk: 1 }],
    patchSets: [[0]],
    budgetGroups: [],
    blackouts: [],
    ...facts,
  };
}

export function inputOf(facts: RolloutFacts, nowMs: number = NOON): PlanInput {
  return { nowMs, horizonMs: 60 * DAY, rollout: facts };
}
