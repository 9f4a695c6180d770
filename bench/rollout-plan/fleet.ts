import { parsePolicyText, type MemberFacts, type PlanInput, type Policy, type RolloutFacts } from '@thimble/rollouts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Friday. */
const NOW_MS = Date.UTC(2026, 4, 1, 23);
const SETS = 500;
const CLUSTER = 4;

const POLICY = `
format: 1
name: benchmark
rings:
  - { name: canary, members: { percent: 1 }, soak: 1d, atOnce: 10%, trial: { mode: none } }
  - { name: early, members: { percent: 10 }, soak: 1d, atOnce: 10%, trial: { mode: none } }
  - { name: rest, members: rest, atOnce: 5%, trial: { mode: none } }
windows:
  - { name: nightly, on: every day, at: '22:00', lasts: 4h }
  - { name: saturday, on: every Saturday, at: '08:00', lasts: 10h }
budgets:
  - { per: 'label:cluster', atMost: 1 }
  - { per: site, atMost: 10% }
`;

export interface FleetSize {
  readonly endpoints: number;
  readonly patches: number;
  readonly zones: number;
}

/**
 * A rollout whose first ring is open and planned: clusters of four of which one may be out, thirty sites, installations of 5 to 44
 * minutes, and deadlines of four weeks and more.
 */
export function rolloutOf({ endpoints, patches, zones }: FleetSize): PlanInput {
  const parsed = parsePolicyText(POLICY);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { policy } = parsed;
  const names = Intl.supportedValuesOf('timeZone');
  const zoneNames = Array.from(
    { length: zones },
    (_, index) => names[Math.floor((index * names.length) / zones)] ?? 'UTC',
  );
  const clusters = Math.ceil(endpoints / CLUSTER);
  return {
    nowMs: NOW_MS,
    horizonMs: 60 * DAY_MS,
    rollout: {
      ...rings(policy),
      id: 'benchmark',
      name: 'benchmark',
      policy,
      startedAtMs: NOW_MS - DAY_MS,
      approvedBy: [],
      halt: null,
      cancelled: false,
      members: Array.from({ length: endpoints }, (_, index) => member(index, zoneNames, clusters)),
      patches: Array.from({ length: patches }, (_, index) => ({
        key: `package-${index} 1.0-${index}`,
        deadlineMs: index % 4 === 0 ? NOW_MS + (28 + (index % 30)) * DAY_MS : null,
        risk: index % 9,
      })),
      patchSets: Array.from({ length: SETS }, (_, set) =>
        Array.from({ length: patches }, (_, index) => index).filter((index) => (index * 7 + set * 13) % 5 < 4),
      ),
      budgetGroups: [
        ...Array.from({ length: clusters }, (_, index) => ({ budget: 0, name: `cluster-${index}` })),
        ...zoneNames.map((name) => ({ budget: 1, name })),
      ],
      blackouts: [],
    },
  };
}

function rings(policy: Policy): Pick<RolloutFacts, 'rings'> {
  return {
    rings: policy.rings.map((_, index) => ({
      openedAtMs: index === 0 ? NOW_MS - HOUR_MS : null,
      passedAtMs: null,
      skippedBy: null,
      approvedBy: [],
      rollBack: null,
      probes: [],
    })),
  };
}

function member(index: number, zones: readonly string[], clusters: number): MemberFacts {
  const place = index % 100;
  const zone = Math.floor(index / CLUSTER) % zones.length;
  return {
    endpointId: `endpoint-${index}`,
    hostname: `host-${index}`,
    ring: place === 0 ? 0 : place <= 10 ? 1 : 2,
    progress:
      place === 0
        ? {
            kind: 'planned',
            transactionDigest: `${index}`.padStart(64, '0'),
            trial: 'none',
            preStage: 'done',
            blocked: [],
            message: '',
          }
        : { kind: 'not-asked' },
    online: true,
    lastSeenMs: NOW_MS,
    timeZone: zones[zone] ?? 'UTC',
    budgetGroups: [Math.floor(index / CLUSTER), clusters + zone],
    patchSet: index % SETS,
    expectedMs: (5 + ((index * 7919) % 40)) * MINUTE_MS,
    busyWith: null,
    hold: null,
    generation: 0,
    rebootedAtMs: null,
  };
}
