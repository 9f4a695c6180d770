import type { PatchFacts, Policy } from '@thimble/rollouts';
import { createRandom, type Random } from '../../random/random.ts';
import { idOf } from '../identity.ts';
import { drawPolicy } from './draw-policy.ts';
import { drawFaults, type Faults } from './faults.ts';
import { drawPatches, type Patch } from './patches.ts';

/** All that a seed says about a world before it begins. */
export interface Scenario {
  readonly seed: number;
  readonly startMs: number;
  /** From then on nothing goes wrong any more, and people answer what they are asked. */
  readonly faultsEndMs: number;
  /** When everything has to have come to its end. */
  readonly endMs: number;
  readonly checkInIntervalMs: number;
  readonly policy: Policy;
  readonly budgetGroups: readonly { readonly budget: number; readonly name: string }[];
  readonly patches: readonly Patch[];
  /** What the planner knows of them: that there is something to install. */
  readonly patchFacts: readonly PatchFacts[];
  readonly faults: Faults;
  readonly endpoints: readonly ScenarioEndpoint[];
  /** For what happens while it runs. */
  readonly random: Random;
}

export interface ScenarioEndpoint {
  readonly id: string;
  readonly hostname: string;
  readonly ring: number;
  /** Indexes into the world's groups. */
  readonly budgetGroups: readonly number[];
  readonly zoneOffsetHours: number;
  /** No clone can be made on it. */
  readonly noTrials: boolean;
  /** Its resolver never finds a transaction. */
  readonly noPlans: boolean;
  /** An installation takes so long, at most what is expected of it. */
  readonly installMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const GROUPS = ['a', 'b', 'c'] as const;
/** A Monday. */
const START_MS = Date.UTC(2026, 4, 4);

/** @param size left out: 3 to 40 endpoints, mostly few, as few are enough for most faults */
export function drawScenario(seed: number, size?: number): Scenario {
  const random = createRandom(seed);
  const count = size ?? (random.chance(0.85) ? random.between(3, 10) : random.between(11, 40));
  const policy = drawPolicy(random, count);
  const faults = drawFaults(random);
  const budgetGroups = policy.budgets.flatMap(({ per }, budget) =>
    per.kind === 'all' ? [{ budget, name: 'all' }] : GROUPS.map((name) => ({ budget, name })),
  );
  const startMs = START_MS + random.between(0, DAY_MS);
  const faultsEndMs = startMs + random.between(1, 4) * DAY_MS;
  return {
    seed,
    startMs,
    faultsEndMs,
    endMs: faultsEndMs + 50 * DAY_MS,
    checkInIntervalMs: random.pick([20 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS]),
    policy,
    budgetGroups,
    patches: drawPatches(random),
    patchFacts: [{ key: 'package-1 2', deadlineMs: null, risk: 1 }],
    faults,
    endpoints: Array.from({ length: count }, (_, n) => drawEndpoint(random, policy, budgetGroups, n)),
    random,
  };
}

function drawEndpoint(random: Random, policy: Policy, groups: Scenario['budgetGroups'], n: number): ScenarioEndpoint {
  const rings = policy.rings.length;
  const group = random.pick(GROUPS);
  return {
    id: idOf('endpoint', n + 1),
    hostname: `host${n + 1}`,
    // Each ring has a member; the last has most.
    ring: n < rings ? n : random.chance(0.7) ? rings - 1 : random.between(0, rings - 1),
    budgetGroups: groups.flatMap(({ name }, at) => (name === 'all' || name === group ? [at] : [])),
    zoneOffsetHours: random.pick([0, 0, 2, -5, 9]),
    noTrials: random.chance(0.1),
    noPlans: random.chance(0.03),
    installMs: random.between(2, 20) * MINUTE_MS,
  };
}
