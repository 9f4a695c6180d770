import {
  createPlanner,
  waitInWords,
  type Interval,
  type MemberFacts,
  type Plan,
  type PlanInput,
  type PlanReport,
  type RingFacts,
  type RolloutAction,
} from '@thimble/rollouts';
import type { Lacking } from '../catalogue.ts';
import type { EndpointState } from '../fleet-state.ts';
import { createCrew, type CrewWorld } from './crew.ts';
import { startFacts } from './member-facts.ts';
import { nextMomentMs } from './next-moment.ts';

/** A rollout in virtual time: the planner decides, and its endpoints do it. */
export interface SimulatedRun extends Pick<CrewWorld, 'number' | 'policy' | 'members'> {
  readonly startMs: number;
  /** Indexes into the catalogue. */
  readonly patches: readonly number[];
  readonly rings: readonly RingFacts[];
  readonly report: PlanReport | null;
  readonly state: 'running' | 'halted' | 'finished' | 'rolled-back' | 'cancelled';
  readonly endedMs: number | null;
  /** When it has to be looked at again; infinity: it is over. */
  readonly nextMs: number;
  /** What the planner advised against misses, by patch. */
  readonly advice: ReadonlyMap<string, readonly string[]>;
  /** When an endpoint of a ring was done last; null: none was. */
  lastDoneMs(ring: number): number | null;
  /** Whether this endpoint gets this patch in it. */
  has(state: EndpointState, patch: number): boolean;
  advance(nowMs: number): void;
  /** Who is there, and who is held, has changed. */
  refresh(nowMs: number): void;
  /** Why an endpoint is not done, as the plan in force says. */
  why(endpointId: string): string;
}

export interface RunWorld extends CrewWorld {
  readonly blackouts: readonly (Interval & { readonly calendar: string })[];
  holdOf(state: EndpointState, nowMs: number): MemberFacts['hold'];
  /** What endpoints installed is recalled. */
  block(set: Lacking): void;
}

const HORIZON_MS = 60 * 86_400_000;
/** One moment has so many rounds at most: asked, tried, fetched, begun. */
const ROUNDS_LIMIT = 12;
/** What was begun now leads to nothing new before it ends. */
const BEGINS_WORK: ReadonlySet<RolloutAction['kind']> = new Set([
  'apply',
  'pre-stage',
  'reboot',
  'restart-services',
  'roll-back',
]);

export function startRun(world: RunWorld, startMs: number): SimulatedRun {
  const { number, policy, members, catalogue } = world;
  const {
    patches,
    fixed,
    members: facts,
  } = startFacts(policy, members, catalogue, startMs, (state) => world.holdOf(state, startMs));
  const planner = createPlanner();
  const crew = createCrew(facts, world);
  const advice = new Map<string, readonly string[]>();
  let rings: readonly RingFacts[] = policy.policy.rings.map(() => NEW_RING);
  let halt: PlanInput['rollout']['halt'] = null;
  let state: SimulatedRun['state'] = 'running';
  let endedMs: number | null = null;
  let plan: Plan | null = null;
  let report: PlanReport | null = null;
  let nextMs = startMs;

  function changeRing(ring: number, more: Partial<RingFacts>): void {
    rings = rings.map((each, index) => (index === ring ? { ...each, ...more } : each));
  }

  function act(action: RolloutAction, nowMs: number): void {
    switch (action.kind) {
      case 'open-ring':
        return changeRing(action.ring, { openedAtMs: nowMs });
      case 'pass-gate':
        return changeRing(action.ring, { passedAtMs: nowMs });
      case 'roll-back-ring':
        return changeRing(action.ring, { rollBack: { by: 'its gate', atMs: nowMs } });
      case 'halt':
        halt = { by: 'its gate', why: action.why, atMs: nowMs };
        return;
      case 'block':
        for (const endpointId of action.endpointIds) {
          const set = members[crew.indexOf(endpointId)]?.set;
          if (set !== undefined) world.block(set);
        }
        return;
      case 'finish':
        state = action.state;
        endedMs = nowMs;
        return;
      default: {
        const slot = plan?.assignments[crew.indexOf(action.endpointId)]?.slot ?? null;
        crew.act(action, slot, nowMs);
      }
    }
  }

  function planAt(nowMs: number): Plan {
    const made = planner.plan({
      nowMs,
      horizonMs: HORIZON_MS,
      rollout: {
        ...fixed,
        id: `${number}`,
        name: policy.policy.name,
        policy: policy.policy,
        startedAtMs: startMs,
        halt,
        cancelled: false,
        rings,
        members: crew.facts,
        blackouts: world.blackouts,
      },
    });
    ({ plan, report } = made);
    for (const miss of made.report.misses) if (miss.advice.length > 0) advice.set(miss.patch, miss.advice);
    return made.plan;
  }

  function advance(nowMs: number): void {
    crew.endWork(nowMs);
    for (let round = 0; round < ROUNDS_LIMIT && state === 'running'; round += 1) {
      const { actions } = planAt(nowMs);
      for (const action of actions) act(action, nowMs);
      if (actions.every(({ kind }) => BEGINS_WORK.has(kind))) break;
    }
    // Nobody resumes it here: what was under way ends, and then it stands.
    if (state === 'running' && halt !== null && crew.isIdle) {
      state = 'halted';
      endedMs = nowMs;
    }
    nextMs = state === 'running' ? nextMomentMs(crew.ends, plan, report, nowMs) : Infinity;
  }

  return {
    number,
    policy,
    members,
    startMs,
    patches,
    advice,
    advance,
    lastDoneMs: crew.lastDoneMs,
    has: (endpoint, patch) => members[crew.indexOf(endpoint.endpoint.id)]?.set.patches.includes(patch) ?? false,
    get rings() {
      return rings;
    },
    get report() {
      return report;
    },
    get state() {
      return state;
    },
    get endedMs() {
      return endedMs;
    },
    get nextMs() {
      return nextMs;
    },
    refresh(nowMs) {
      crew.refresh((member) => world.holdOf(member.state, nowMs), nowMs);
      nextMs = Math.min(nextMs, nowMs);
    },
    why(endpointId) {
      const wait = plan?.assignments[crew.indexOf(endpointId)]?.wait ?? null;
      return wait === null ? (report?.explanation ?? '') : waitInWords(wait);
    },
  };
}

const NEW_RING: RingFacts = {
  openedAtMs: null,
  passedAtMs: null,
  skippedBy: null,
  approvedBy: [],
  rollBack: null,
  probes: [],
};
