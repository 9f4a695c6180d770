import type { AmountOf, Gate, Policy, Ring, WindowRule } from '@thimble/rollouts';
import type { Random } from '../../random/random.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Up to so many no policy has to be drawn by size. */
const SMALL_FLEET = 63;

export const PEOPLE = ['ada', 'brian', 'grace'] as const;

/** A policy that an administrator could have written, for so many endpoints. */
export function drawPolicy(random: Random, endpoints: number): Policy {
  const windows = drawWindows(random);
  // A large fleet gets through its windows only when it takes more of them at once.
  const scale = Math.ceil(endpoints / SMALL_FLEET);
  const ringCount = random.between(1, Math.min(3, endpoints));
  return {
    name: 'policy',
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
    rings: Array.from({ length: ringCount }, (_, at) => drawRing(random, at, ringCount, windows.length, scale)),
    windows,
    blackouts: [],
    atOnce: drawAmount(random, endpoints),
    budgets: random.chance(0.6)
      ? [{ per: random.chance(0.5) ? { kind: 'all' } : { kind: 'group' }, atMost: drawAmount(random, endpoints) }]
      : [],
    approvals: { required: random.chance(0.2) ? random.between(1, 2) : 0, from: null },
    deploy: {
      preStageMs: random.pick([0, 12 * HOUR_MS]),
      before: [],
      after: [],
      fileSystemSnapshot: 'none',
      restartServices: random.chance(0.5),
      reboot: {
        when: random.pick(['if-needed', 'if-needed', 'never', 'always'] as const),
        consent: 'none',
        deferForMs: 0,
        staggerMs: random.pick([0, 0, scale === 1 ? 10 * MINUTE_MS : 0]),
      },
      checks: [],
      expectedDurationMs: 30 * MINUTE_MS,
    },
    onFailure: {
      rollBack: random.pick(['nothing', 'endpoint', 'endpoint', 'ring'] as const),
      block: random.chance(0.3),
    },
  };
}

/** Windows in zones without daylight saving, so that a checker can compute them by hand. */
function drawWindows(random: Random): readonly WindowRule[] {
  if (random.chance(0.3)) return [];
  const daily = random.chance(0.7);
  return [
    {
      name: 'night',
      words: daily ? 'every day' : 'every Wednesday',
      rrule: daily ? 'FREQ=DAILY' : 'FREQ=WEEKLY;BYDAY=WE',
      shiftDays: 0,
      from: '2026-01-01',
      at: '22:00',
      durationMs: random.pick([90 * MINUTE_MS, 3 * HOUR_MS, 6 * HOUR_MS]),
      timeZone: random.pick(['UTC', 'endpoint']),
      except: [],
    },
  ];
}

function drawRing(random: Random, at: number, count: number, windows: number, scale: number): Ring {
  const isLast = at === count - 1;
  return {
    name: ['canary', 'early', 'rest'][isLast ? 2 : at] ?? 'rest',
    members: isLast ? { kind: 'rest' } : { kind: 'percent', percent: 20 },
    soakMs: random.pick([0, 10 * MINUTE_MS, 6 * HOUR_MS, 24 * HOUR_MS]),
    gate: drawGate(random),
    trial: {
      mode: random.pick(['each', 'each', 'first', 'none'] as const),
      first: random.between(1, 3),
      whenImpossible: random.pick(['continue', 'stop'] as const),
      checks: [],
      deadlineMs: 30 * MINUTE_MS,
      diskBytes: 1_000_000_000,
      memoryBytes: 1_000_000_000,
    },
    windows: Array.from({ length: windows }, (_, n) => n),
    atOnce: { kind: 'count', count: random.between(1, 10) * scale },
  };
}

function drawGate(random: Random): Gate {
  return {
    successAtLeastPercent: random.pick([100, 100, 90, 50]),
    failuresAtMost: random.pick<AmountOf>([
      { kind: 'count', count: 0 },
      { kind: 'count', count: 2 },
      { kind: 'percent', percent: 30 },
    ]),
    patchedAtLeast: random.pick([0, 1, 1]),
    probes: [],
    approvals: random.chance(0.1) ? 1 : 0,
  };
}

function drawAmount(random: Random, endpoints: number): AmountOf {
  return random.chance(0.5)
    ? { kind: 'count', count: random.between(Math.max(1, endpoints >> 5), Math.max(1, endpoints >> 1)) }
    : { kind: 'percent', percent: random.pick([5, 10, 25, 50, 100]) };
}
