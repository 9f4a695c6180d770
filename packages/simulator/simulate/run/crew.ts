import type { MemberFacts, MemberProgress, RolloutAction, Slot } from '@thimble/rollouts';
import type { Accounts } from '../accounts.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Chances } from '../chances.ts';
import type { SimulatedPolicy } from '../input.ts';
import type { RunMember } from './member-facts.ts';

/** The endpoints of a rollout: they do what they are told in the time that it takes, and count what comes of it. */
export interface Crew {
  /** Not changed any more when somebody has looked: what changes then is another array, with the same members where nothing has. */
  readonly facts: readonly MemberFacts[];
  /** Moments at which work ends. */
  readonly ends: Iterable<number>;
  readonly isIdle: boolean;
  readonly lastDoneMs: (ring: number) => number | null;
  act(action: EndpointAction, slot: Slot | null, nowMs: number): void;
  endWork(nowMs: number): void;
  /** Who is there and who is held. */
  refresh(holdOf: (member: RunMember) => MemberFacts['hold'], nowMs: number): void;
  indexOf(endpointId: string): number;
}

export type EndpointAction = Extract<RolloutAction, { readonly endpointId: string }>;

export interface CrewWorld {
  readonly number: number;
  readonly policy: SimulatedPolicy;
  readonly members: readonly RunMember[];
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  readonly chances: Chances;
}

const MINUTE_MS = 60_000;
const REBOOT_MS = 10 * MINUTE_MS;
const RESTART_MS = 5 * MINUTE_MS;
const ROLL_BACK_MS = 10 * MINUTE_MS;
/** What ends at about the same time is planned for together. */
const TOGETHER_MS = 5 * MINUTE_MS;

const PLANNED: MemberProgress = {
  kind: 'planned',
  transactionDigest: 'simulated',
  trial: 'none',
  preStage: 'none',
  blocked: [],
  message: '',
};

export function createCrew(start: readonly MemberFacts[], world: CrewWorld): Crew {
  const { number, policy, members, catalogue, accounts, chances } = world;
  const at = new Map(start.map(({ endpointId }, index) => [endpointId, index]));
  const ends = new Map<number, number[]>();
  const fetched = new Set<number>();
  const windows = new Map<number, Slot['window']>();
  const effectiveMs = new Map<number, number>();
  const doneMs = new Map<number, number>();
  let facts = [...start];
  let isSeen = false;
  let working = 0;

  function change(index: number, more: Partial<MemberFacts>): void {
    if (isSeen) facts = [...facts];
    isSeen = false;
    const before = facts[index];
    if (before !== undefined) facts[index] = { ...before, ...more };
  }

  function work(index: number, order: Working['order'], forMs: number, nowMs: number): void {
    change(index, { progress: { kind: 'working', sinceMs: nowMs, order } });
    const endMs = Math.ceil((nowMs + forMs) / TOGETHER_MS) * TOGETHER_MS;
    const others = ends.get(endMs);
    if (others === undefined) ends.set(endMs, [index]);
    else others.push(index);
    working += 1;
  }

  function bytesOf(index: number): number {
    const patches = members[index]?.set.patches ?? [];
    return patches.reduce((sum, patch) => sum + catalogue.patch(patch).bytes, 0);
  }

  /** The files are got once, ahead of the installation or with it. */
  function getFiles(index: number, nowMs: number): void {
    if (fetched.has(index)) return;
    fetched.add(index);
    accounts.fetches(bytesOf(index), nowMs);
  }

  /** What follows an installation counts to the window of the installation. */
  function load(index: number, what: 'installation' | 'reboot', bytes: number, nowMs: number): void {
    accounts.loads.begins({
      policy: policy.policy.name,
      window: windows.get(index) ?? null,
      nowMs,
      what,
      atOnce: working,
      bytes,
    });
  }

  function act(action: EndpointAction, slot: Slot | null, nowMs: number): void {
    const index = at.get(action.endpointId) ?? -1;
    const before = facts[index];
    if (before === undefined) return;
    switch (action.kind) {
      case 'ask':
      case 'retry':
        change(index, { progress: PLANNED });
        return;
      case 'try':
        if (before.progress.kind === 'planned') change(index, { progress: { ...before.progress, trial: 'passed' } });
        return;
      case 'pre-stage':
        getFiles(index, nowMs);
        if (before.progress.kind === 'planned') change(index, { progress: { ...before.progress, preStage: 'done' } });
        return;
      case 'apply':
        windows.set(index, slot?.window ?? null);
        work(index, 'apply', before.expectedMs * chances.share(action.endpointId, number), nowMs);
        getFiles(index, nowMs);
        load(index, 'installation', bytesOf(index), nowMs);
        return;
      case 'reboot':
        work(index, 'reboot', REBOOT_MS, nowMs);
        change(index, { rebootedAtMs: nowMs });
        accounts.counts.reboots += 1;
        load(index, 'reboot', 0, nowMs);
        return;
      case 'restart-services':
        work(index, 'restart-services', RESTART_MS, nowMs);
        return;
      case 'roll-back':
        work(index, 'rollback', ROLL_BACK_MS, nowMs);
        return;
      default:
        action satisfies never;
    }
  }

  /** Patches become effective: with the installation those that need no reboot, with the reboot the others. */
  function effective({ state, set }: RunMember, index: number, withReboot: boolean, nowMs: number): void {
    const now = set.patches.filter(
      (patch) => (withReboot || !needsReboot(patch)) && state.lacks.patches.includes(patch),
    );
    if (now.length === 0) return;
    const done = catalogue.setOf(now);
    state.lacks = catalogue.without(state.lacks, done);
    accounts.has(state, done, nowMs);
    effectiveMs.set(index, nowMs);
  }

  function backToBefore({ state, set }: RunMember, index: number, nowMs: number): void {
    const gone = catalogue.without(set, state.lacks);
    accounts.hasNotAnyMore(state, gone, effectiveMs.get(index) ?? nowMs);
    state.lacks = catalogue.setOf([...state.lacks.patches, ...gone.patches]);
    accounts.counts.rolledBack += 1;
  }

  function needsReboot(patch: number): boolean {
    return catalogue.patch(patch).needsReboot;
  }

  /** @returns what has become of it. */
  function endOf(member: RunMember, index: number, order: Working['order'], nowMs: number): MemberProgress {
    switch (order) {
      case 'apply':
        if (chances.fails(member.state.endpoint.id, number)) {
          accounts.counts.failures += 1;
          return failedAt(nowMs);
        }
        effective(member, index, false, nowMs);
        return { kind: member.set.patches.some(needsReboot) ? 'waits-for-reboot' : 'effective', sinceMs: nowMs };
      case 'reboot':
        effective(member, index, true, nowMs);
        return { kind: 'effective', sinceMs: nowMs };
      case 'restart-services':
        return { kind: 'effective', sinceMs: nowMs };
      case 'rollback':
        backToBefore(member, index, nowMs);
        return { kind: 'rolled-back', sinceMs: nowMs };
      default:
        return order satisfies never;
    }
  }

  function endWork(nowMs: number): void {
    for (const [endMs, own] of ends) {
      if (endMs > nowMs) continue;
      ends.delete(endMs);
      for (const index of own) {
        const member = members[index];
        const progress = facts[index]?.progress;
        if (member === undefined || progress?.kind !== 'working') continue;
        working -= 1;
        doneMs.set(member.state.ring ?? 0, endMs);
        change(index, { progress: endOf(member, index, progress.order, endMs) });
      }
    }
  }

  return {
    get facts() {
      isSeen = true;
      return facts;
    },
    get ends() {
      return ends.keys();
    },
    get isIdle() {
      return ends.size === 0;
    },
    lastDoneMs: (ring) => doneMs.get(ring) ?? null,
    indexOf: (endpointId) => at.get(endpointId) ?? -1,
    act,
    endWork,
    refresh(holdOf, nowMs) {
      members.forEach((member, index) => {
        const before = facts[index];
        const { online } = member.state;
        const hold = holdOf(member);
        if (before === undefined || (before.online === online && before.hold === null && hold === null)) return;
        change(index, { online, hold, lastSeenMs: before.online ? nowMs : before.lastSeenMs });
      });
    },
  };
}

type Working = Extract<MemberProgress, { kind: 'working' }>;

function failedAt(sinceMs: number): MemberProgress {
  return {
    kind: 'failed',
    sinceMs,
    message: 'its installation failed (drawn)',
    before: null,
    attempts: 1,
    undoable: true,
    unknown: false,
  };
}
