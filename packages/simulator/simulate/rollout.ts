import {
  budgetGroupsOf,
  createPlanner,
  waitInWords,
  type Interval,
  type MemberFacts,
  type MemberProgress,
  type Plan,
  type PlanInput,
  type PlanReport,
  type RingFacts,
  type RolloutAction,
} from '@thimble/rollouts';
import type { Accounts } from './accounts.ts';
import type { Catalogue, Lacking } from './catalogue.ts';
import type { Chances } from './chances.ts';
import { deadlineOfPatch } from './exposure.ts';
import type { EndpointState } from './fleet-state.ts';
import type { SimulatedPolicy } from './input.ts';
import { nextMomentMs } from './next-moment.ts';
import { riskOf } from './catalogue.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HORIZON_MS = 60 * DAY_MS;
const REBOOT_MS = 10 * MINUTE_MS;
const RESTART_MS = 5 * MINUTE_MS;
const ROLL_BACK_MS = 10 * MINUTE_MS;
/** What an installation takes where nobody has measured any. */
const UNKNOWN_INSTALLATION_MS = 30 * MINUTE_MS;
/** One moment has so many rounds at most: asked, tried, fetched, begun. */
const ROUNDS_LIMIT = 12;
const DIGEST = 'simulated';

/** A rollout in virtual time: the planner decides, and endpoints do what they are told in the time that it takes. */
export interface SimulatedRun {
  readonly number: number;
  readonly policy: SimulatedPolicy;
  readonly startMs: number;
  readonly members: readonly RunMember[];
  readonly rings: readonly RingFacts[];
  readonly report: PlanReport | null;
  /** When it has to be looked at again; infinity: it is over. */
  readonly nextMs: number;
  readonly state: 'running' | 'halted' | 'finished' | 'rolled-back' | 'cancelled';
  readonly endedMs: number | null;
  readonly patches: readonly number[];
  /** When the last endpoint of a ring was done; null: none was. */
  lastMs(ring: number): number | null;
  advance(nowMs: number): void;
  /** Who is there, and who is held, has changed. */
  refresh(nowMs: number): void;
  /** Why an endpoint is not done, as the plan in force says. */
  why(endpointId: string): string;
  /** Advice of the planner against misses, by patch. */
  readonly advice: ReadonlyMap<string, readonly string[]>;
}

export interface RunMember {
  readonly state: EndpointState;
  readonly set: Lacking;
}

export interface RunWorld {
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  readonly chances: Chances;
  readonly blackouts: readonly (Interval & { readonly calendar: string })[];
  holdOf(state: EndpointState, nowMs: number): MemberFacts['hold'];
  /** What a ring installed is recalled. */
  block(set: Lacking): void;
}

export function startRun(
  number: number,
  policy: SimulatedPolicy,
  members: readonly RunMember[],
  startMs: number,
  world: RunWorld,
): SimulatedRun {
  const { catalogue, accounts, chances } = world;
  const { rings: rules, deploy } = policy.policy;
  const planner = createPlanner();
  const sets = [...new Set(members.map(({ set }) => set))];
  const setIndex = new Map(sets.map((set, index) => [set, index]));
  const patches = catalogue.setOf(sets.flatMap((set) => set.patches)).patches;
  const patchIndex = new Map(patches.map((patch, index) => [patch, index]));
  const bytesOf = new Map(
    sets.map((set) => [set, set.patches.reduce((sum, at) => sum + (catalogue.patches[at]?.bytes ?? 0), 0)]),
  );
  const groups = budgetGroups(policy, members);
  const fixed = {
    id: `${number}`,
    name: policy.policy.name,
    policy: policy.policy,
    startedAtMs: startMs,
    approvedBy: approvers(policy.policy.approvals.required, policy.policy.approvals.from),
    cancelled: false,
    patches: patches.map((at) => factsOf(policy, catalogue, at)),
    patchSets: sets.map((set) => set.patches.map((patch) => patchIndex.get(patch) ?? 0)),
    budgetGroups: groups.names,
    blackouts: world.blackouts,
  };
  let facts: MemberFacts[] = members.map(({ state, set }, at) => ({
    endpointId: state.endpoint.id,
    hostname: state.endpoint.traits.hostname,
    ring: state.ring,
    progress: { kind: 'not-asked' },
    online: state.online,
    lastSeenMs: state.online ? startMs : null,
    timeZone: state.endpoint.timeZone,
    budgetGroups: groups.of[at] ?? [],
    patchSet: setIndex.get(set) ?? 0,
    expectedMs: deploy.expectedDurationMs ?? state.endpoint.expectedMs ?? UNKNOWN_INSTALLATION_MS,
    busyWith: null,
    hold: world.holdOf(state, startMs),
    generation: 0,
    rebootedAtMs: null,
  }));
  const indexOf = new Map(facts.map(({ endpointId }, at) => [endpointId, at]));
  let rings: readonly RingFacts[] = rules.map(() => newRing());
  const ends = new Map<number, number[]>();
  const fetched = new Set<number>();
  const effectiveMs = new Map<number, number>();
  const doneMs = new Map<number, number>();
  const advice = new Map<string, readonly string[]>();
  let halt: PlanInput['rollout']['halt'] = null;
  let state: SimulatedRun['state'] = 'running';
  let endedMs: number | null = null;
  let plan: Plan | null = null;
  let report: PlanReport | null = null;
  let nextMs = startMs;
  let working = 0;

  // The planner keeps what it was given, to see what is new: what it has is not changed any more.
  let isShared = false;
  function change(at: number, more: Partial<MemberFacts>): void {
    if (isShared) facts = [...facts];
    isShared = false;
    const before = facts[at];
    if (before !== undefined) facts[at] = { ...before, ...more };
  }

  function changeRing(at: number, more: Partial<RingFacts>): void {
    rings = rings.map((ring, index) => (index === at ? { ...ring, ...more } : ring));
  }

  function work(
    at: number,
    order: Extract<MemberProgress, { kind: 'working' }>['order'],
    forMs: number,
    nowMs: number,
  ): void {
    change(at, { progress: { kind: 'working', sinceMs: nowMs, order } });
    const endMs = nowMs + forMs;
    const others = ends.get(endMs);
    if (others === undefined) ends.set(endMs, [at]);
    else others.push(at);
    working += 1;
  }

  function bytesAt(at: number): number {
    const set = members[at]?.set;
    return set === undefined ? 0 : (bytesOf.get(set) ?? 0);
  }

  /** The files are got once, ahead of the installation or with it. */
  function fetch(at: number, nowMs: number): void {
    if (fetched.has(at)) return;
    fetched.add(at);
    accounts.fetches(bytesAt(at), nowMs);
  }

  function begin(at: number, what: 'installation' | 'reboot', nowMs: number, bytes: number): void {
    const window = windowAt(at);
    accounts.loads.begins(policy.policy.name, window, nowMs, what, working, bytes);
  }

  /** Of its installation; what follows it takes place in the same. */
  const windows = new Map<number, NonNullable<Plan['assignments'][number]['slot']>['window']>();
  function windowAt(at: number): NonNullable<Plan['assignments'][number]['slot']>['window'] {
    const slot = plan?.assignments[at]?.slot ?? null;
    if (slot !== null) windows.set(at, slot.window);
    return windows.get(at) ?? null;
  }

  function act(action: RolloutAction, nowMs: number): void {
    const at = 'endpointId' in action ? (indexOf.get(action.endpointId) ?? -1) : -1;
    const progress = facts[at]?.progress;
    switch (action.kind) {
      case 'ask':
      case 'retry':
        change(at, { progress: PLANNED });
        return;
      case 'try':
        if (progress?.kind === 'planned') change(at, { progress: { ...progress, trial: 'passed' } });
        return;
      case 'pre-stage':
        fetch(at, nowMs);
        if (progress?.kind === 'planned') change(at, { progress: { ...progress, preStage: 'done' } });
        return;
      case 'apply': {
        const expectedMs = facts[at]?.expectedMs ?? UNKNOWN_INSTALLATION_MS;
        work(
          at,
          'apply',
          Math.max(MINUTE_MS, Math.round(expectedMs * chances.share(action.endpointId, number))),
          nowMs,
        );
        fetch(at, nowMs);
        begin(at, 'installation', nowMs, bytesAt(at));
        return;
      }
      case 'reboot':
        change(at, { rebootedAtMs: nowMs });
        work(at, 'reboot', REBOOT_MS, nowMs);
        accounts.counts.reboots += 1;
        begin(at, 'reboot', nowMs, 0);
        return;
      case 'restart-services':
        work(at, 'restart-services', RESTART_MS, nowMs);
        return;
      case 'roll-back':
        work(at, 'rollback', ROLL_BACK_MS, nowMs);
        return;
      case 'stop':
        return;
      case 'open-ring':
        changeRing(action.ring, { openedAtMs: nowMs });
        return;
      case 'pass-gate':
        changeRing(action.ring, { passedAtMs: nowMs });
        return;
      case 'halt':
        halt = { by: 'its gate', why: action.why, atMs: nowMs };
        return;
      case 'roll-back-ring':
        changeRing(action.ring, { rollBack: { by: 'its gate', atMs: nowMs } });
        return;
      case 'block':
        for (const endpointId of action.endpointIds) {
          const set = members[indexOf.get(endpointId) ?? -1]?.set;
          if (set !== undefined) world.block(set);
        }
        return;
      case 'finish':
        state = action.state;
        endedMs = nowMs;
        return;
      default:
        action satisfies never;
    }
  }

  /** Patches are effective now; those that need a reboot after it. */
  function effective(at: number, which: 'all' | 'but-reboot' | 'reboot', nowMs: number): void {
    const member = members[at];
    if (member === undefined) return;
    const wanted = member.set.patches.filter((index) => {
      const needsReboot = catalogue.patches[index]?.needsReboot ?? false;
      return which === 'all' || needsReboot === (which === 'reboot');
    });
    const set = catalogue.setOf(wanted.filter((index) => member.state.lacks.patches.includes(index)));
    if (set.patches.length === 0) return;
    member.state.lacks = catalogue.without(member.state.lacks, set);
    accounts.has(member.state, set, rules[member.state.ring]?.name ?? '', nowMs);
    effectiveMs.set(at, nowMs);
  }

  function backToBefore(at: number, nowMs: number): void {
    const member = members[at];
    if (member === undefined) return;
    const gone = catalogue.without(member.set, member.state.lacks);
    accounts.hasNotAnyMore(member.state, gone, effectiveMs.get(at) ?? nowMs);
    member.state.lacks = catalogue.setOf([...member.state.lacks.patches, ...gone.patches]);
    accounts.counts.rolledBack += 1;
  }

  function endWork(at: number, nowMs: number): void {
    const member = members[at];
    const progress = facts[at]?.progress;
    if (member === undefined || progress?.kind !== 'working') return;
    working -= 1;
    const ring = member.state.ring;
    doneMs.set(ring, nowMs);
    switch (progress.order) {
      case 'apply': {
        if (chances.fails(member.state.endpoint.id, number)) {
          accounts.counts.failures += 1;
          change(at, { progress: { ...FAILED, sinceMs: nowMs } });
          return;
        }
        const needsReboot = member.set.patches.some((index) => catalogue.patches[index]?.needsReboot ?? false);
        effective(at, needsReboot ? 'but-reboot' : 'all', nowMs);
        change(at, { progress: { kind: needsReboot ? 'waits-for-reboot' : 'effective', sinceMs: nowMs } });
        return;
      }
      case 'reboot':
        effective(at, 'reboot', nowMs);
        change(at, { progress: { kind: 'effective', sinceMs: nowMs } });
        return;
      case 'restart-services':
        change(at, { progress: { kind: 'effective', sinceMs: nowMs } });
        return;
      case 'rollback':
        backToBefore(at, nowMs);
        change(at, { progress: { kind: 'rolled-back', sinceMs: nowMs } });
        return;
      default:
        progress.order satisfies never;
    }
  }

  function advance(nowMs: number): void {
    for (const [endMs, own] of ends)
      if (endMs <= nowMs) {
        ends.delete(endMs);
        for (const at of own) endWork(at, endMs);
      }
    for (let round = 0; round < ROUNDS_LIMIT && state === 'running'; round += 1) {
      const made = planner.plan({ nowMs, horizonMs: HORIZON_MS, rollout: { ...fixed, halt, rings, members: facts } });
      ({ plan, report } = made);
      isShared = true;
      for (const miss of report.misses) if (miss.advice.length > 0) advice.set(miss.patch, miss.advice);
      if (plan.actions.length === 0) break;
      for (const action of plan.actions) act(action, nowMs);
    }
    // Nobody resumes it here: what was under way ends, and then it stands.
    if (state === 'running' && halt !== null && ends.size === 0) {
      state = 'halted';
      endedMs = nowMs;
    }
    nextMs = state === 'running' ? nextMomentMs(ends.keys(), plan, report, nowMs) : Infinity;
  }

  return {
    number,
    policy,
    startMs,
    members,
    patches,
    advice,
    advance,
    get rings() {
      return rings;
    },
    get report() {
      return report;
    },
    get nextMs() {
      return nextMs;
    },
    get state() {
      return state;
    },
    get endedMs() {
      return endedMs;
    },
    lastMs: (ring) => doneMs.get(ring) ?? null,
    refresh(nowMs) {
      members.forEach((member, at) => {
        const before = facts[at];
        const { online } = member.state;
        const hold = world.holdOf(member.state, nowMs);
        if (before === undefined || (before.online === online && before.hold === null && hold === null)) return;
        change(at, { online, hold, lastSeenMs: before.online ? nowMs : before.lastSeenMs });
      });
      nextMs = Math.min(nextMs, nowMs);
    },
    why(endpointId) {
      const at = indexOf.get(endpointId) ?? -1;
      const wait = plan?.assignments[at]?.wait ?? null;
      if (state !== 'running' && report !== null && wait === null) return report.explanation;
      return wait === null ? 'is being worked on' : waitInWords(wait);
    },
  };
}

const PLANNED: MemberProgress = {
  kind: 'planned',
  transactionDigest: DIGEST,
  trial: 'none',
  preStage: 'none',
  blocked: [],
  message: '',
};

const FAILED: Extract<MemberProgress, { kind: 'failed' }> = {
  kind: 'failed',
  sinceMs: 0,
  message: 'its installation failed (drawn)',
  before: null,
  attempts: 1,
  undoable: true,
  unknown: false,
};

function newRing(): RingFacts {
  return { openedAtMs: null, passedAtMs: null, skippedBy: null, approvedBy: [], rollBack: null, probes: [] };
}

function approvers(count: number, from: readonly string[] | null): readonly string[] {
  return Array.from({ length: count }, (_, n) => from?.[n] ?? `person ${n + 1}`);
}

function factsOf(policy: SimulatedPolicy, catalogue: Catalogue, at: number): PlanInput['rollout']['patches'][number] {
  const patch = catalogue.patches[at];
  if (patch === undefined) return { key: '', deadlineMs: null, risk: 0 };
  return { key: patch.key, deadlineMs: deadlineOfPatch(policy, patch), risk: riskOf(patch) };
}

function budgetGroups(
  { policy }: SimulatedPolicy,
  members: readonly RunMember[],
): { readonly names: PlanInput['rollout']['budgetGroups']; readonly of: readonly (readonly number[])[] } {
  const names: { readonly budget: number; readonly name: string }[] = [];
  const known = new Map<string, number>();
  const of = members.map(({ state }) =>
    budgetGroupsOf(policy, state.endpoint.traits).flatMap((groups, budget) =>
      groups.map((name) => {
        const key = `${budget} ${name}`;
        const index = known.get(key) ?? names.push({ budget, name }) - 1;
        known.set(key, index);
        return index;
      }),
    ),
  );
  return { names, of };
}
