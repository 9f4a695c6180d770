import type { MemberFacts, PlanInput } from './facts.ts';
import type { RolloutAction } from './plan.ts';
import type { RolloutStanding } from './rings.ts';
import type { PlannerRules } from './rules.ts';
import { followUpOf, isPatched, isTouched, trialOf, type Standing } from './standing.ts';
import type { Roster } from './roster.ts';
import type { Statics } from './statics.ts';
import type { RingTally } from './tally.ts';
import type { Wait } from './wait.ts';

/** What takes an endpoint out for a while, so that it needs a window and places. */
export type WorkKind = 'install' | 'restart-services' | 'reboot' | 'roll-back';

/** What is due for an endpoint. Nothing of it set: it is done. */
export interface Due {
  readonly wait: Wait | null;
  readonly action: RolloutAction | null;
  /** What it needs a place for, or is foreseen to need; null: nothing. */
  readonly work: WorkKind | null;
  /** From when; -Infinity: it is ready, so that only its place decides. */
  readonly notBeforeMs: number;
}

export interface Scene {
  readonly input: PlanInput;
  readonly rules: PlannerRules;
  readonly statics: Statics;
  readonly roster: Roster;
  readonly tallies: readonly RingTally[];
  readonly standing: RolloutStanding;
  /** How many more trials each ring begins now where only its first are tried. Counted down while members are looked at. */
  readonly trialsLeft: number[];
}

/**
 * The way of an endpoint through a rollout, in order: the first step that is not open says what is due. A step gives null when it is
 * open or the endpoint is past it.
 */
const STEPS: readonly {
  readonly name: string;
  readonly due: (member: MemberFacts, scene: Scene, standing: Standing) => Due | null;
}[] = [
  { name: 'work', due: work },
  { name: 'roll-back', due: rollBack },
  { name: 'end', due: end },
  { name: 'halt', due: halt },
  { name: 'approval', due: approval },
  { name: 'ring', due: ({ ring }, { standing }) => (standing.rings[ring]?.open === true ? null : RING_AWAITED) },
  { name: 'presence', due: presence },
  { name: 'plan', due: transaction },
  { name: 'recall', due: recall },
  { name: 'trial', due: trial },
  { name: 'install', due: install },
  { name: 'follow-up', due: followUp },
];

/** Its ring is not open; for what it waits is known when all rings are foreseen. */
export const RING_AWAITED: Due = { wait: null, action: null, work: null, notBeforeMs: -Infinity };
const DONE: Due = { wait: null, action: null, work: null, notBeforeMs: -Infinity };
/** What is not ready now is foreseen for the next quarter of an hour, so that a plan does not change with every minute. */
const SOON_MS = 15 * 60_000;

export function dueOf(member: MemberFacts, scene: Scene, standing: Standing): Due {
  for (const { due } of STEPS) {
    const found = due(member, scene, standing);
    if (found !== null) return found;
  }
  return DONE;
}

export function soonMs(nowMs: number): number {
  return (Math.floor(nowMs / SOON_MS) + 1) * SOON_MS;
}

function waits(wait: Wait): Due {
  return { ...DONE, wait };
}

function foreseen(wait: Wait | null, notBeforeMs: number, action: RolloutAction | null = null): Due {
  return { wait, action, work: 'install', notBeforeMs };
}

function work({ progress }: MemberFacts): Due | null {
  if (progress.kind === 'waits-for-consent')
    return waits({ kind: 'consent', sinceMs: progress.sinceMs, untilMs: null });
  if (progress.kind !== 'working') return null;
  if (progress.held !== undefined) return waits({ kind: 'held', why: progress.held, untilMs: null });
  return waits({ kind: 'working', order: progress.order, sinceMs: progress.sinceMs, untilMs: null });
}

/** What failed after it was changed goes back by itself where the policy says so; a ring that goes back takes everybody along. */
function rollBack(member: MemberFacts, scene: Scene): Due | null {
  const { progress, ring } = member;
  const { policy, rings } = scene.input.rollout;
  const failedHere = progress.kind === 'failed' && isTouched(progress) && progress.undoable;
  const byRing = (rings[ring]?.rollBack ?? null) !== null;
  const due = (failedHere && (byRing || policy.onFailure.rollBack !== 'nothing')) || (byRing && isPatched(progress));
  if (!due) return null;
  return presence(member, scene) ?? { ...DONE, work: 'roll-back' };
}

function end({ progress }: MemberFacts, _: Scene, standing: Standing): Due | null {
  switch (standing) {
    case 'done':
      return progress.kind === 'effective' || progress.kind === 'nothing-to-do'
        ? DONE
        : waits({ kind: 'reboot-rule', untilMs: null });
    case 'left-out':
      return DONE;
    case 'failed':
      if (progress.kind === 'planned') return waits({ kind: 'trial-failed', why: progress.message, untilMs: null });
      return waits({
        kind: 'failed',
        why: progress.kind === 'failed' ? progress.message : 'it went back to the versions before',
        unknown: progress.kind === 'failed' && progress.unknown,
        untilMs: null,
      });
    case 'busy':
    case 'offline':
    case 'waiting':
      return null;
  }
}

function halt({ ring }: MemberFacts, { input, standing }: Scene): Due | null {
  const { cancelled, rings } = input.rollout;
  if (cancelled) return waits({ kind: 'cancelled', untilMs: null });
  const back = rings[ring]?.rollBack ?? null;
  if (back !== null) return waits({ kind: 'halted', by: back.by, why: 'its ring goes back', untilMs: null });
  return standing.halt === null ? null : waits({ kind: 'halted', ...standing.halt, untilMs: null });
}

function approval({ online, ring }: MemberFacts, { input, standing }: Scene): Due | null {
  const { approvalsMissing: missing } = standing;
  if (missing === 0) return null;
  const wait: Wait = { kind: 'approval', missing, of: 'rollout', untilMs: null };
  return online && ring === 0 ? foreseen(wait, soonMs(input.nowMs)) : waits(wait);
}

/** It must be there, free, and not held. */
function presence({ quarantined, hold, online, lastSeenMs, busyWith }: MemberFacts, { input }: Scene): Due | null {
  const why = quarantined ?? null;
  if (why !== null) return waits({ kind: 'quarantine', why, untilMs: null });
  if (hold !== null && (hold.untilMs === null || hold.untilMs > input.nowMs)) {
    const wait: Wait = { kind: 'hold', ...hold };
    return hold.untilMs === null || !online ? waits(wait) : foreseen(wait, hold.untilMs);
  }
  if (!online) return waits({ kind: 'offline', sinceMs: lastSeenMs, untilMs: null });
  if (busyWith !== null) return foreseen({ kind: 'busy', with: busyWith, untilMs: null }, soonMs(input.nowMs));
  return null;
}

function transaction({ endpointId, progress }: MemberFacts, { input, rules }: Scene): Due | null {
  const { nowMs } = input;
  switch (progress.kind) {
    case 'not-asked':
      return foreseen(null, soonMs(nowMs), { kind: 'ask', endpointId });
    case 'planning':
      return foreseen({ kind: 'plan', untilMs: null }, soonMs(nowMs));
    case 'failed': {
      const { message, attempts, sinceMs } = progress;
      const untilMs = rules.retryAtMs(sinceMs, attempts);
      return untilMs <= nowMs
        ? foreseen(null, soonMs(nowMs), { kind: 'retry', endpointId })
        : foreseen({ kind: 'retry', why: message, attempts, untilMs }, soonMs(untilMs));
    }
    default:
      return null;
  }
}

function recall({ progress }: MemberFacts): Due | null {
  if (progress.kind !== 'planned' || progress.blocked.length === 0) return null;
  return waits({ kind: 'blocked', packages: progress.blocked, untilMs: null });
}

function trial({ endpointId, ring, progress }: MemberFacts, { input, rules, tallies, trialsLeft }: Scene): Due | null {
  const rule = input.rollout.policy.rings[ring]?.trial;
  if (progress.kind !== 'planned' || rule === undefined || rule.mode === 'none' || rules.installsUntried) return null;
  const { transactionDigest } = progress;
  const wait: Wait = { kind: 'trial', untilMs: null };
  const verdict = trialOf(progress, rule);
  if (verdict === 'passed') return null;
  const soon = soonMs(input.nowMs);
  if (verdict === 'under-way') return foreseen(wait, soon);
  if (rule.mode === 'first') {
    if ((tallies[ring]?.proven ?? 0) >= rule.first) return null;
    if ((trialsLeft[ring] ?? 0) <= 0) return foreseen(wait, soon);
    trialsLeft[ring] = (trialsLeft[ring] ?? 0) - 1;
  }
  return foreseen(null, soon, { kind: 'try', endpointId, transactionDigest });
}

function install({ progress }: MemberFacts): Due | null {
  return progress.kind === 'planned' ? foreseen(null, -Infinity) : null;
}

function followUp(member: MemberFacts, { input }: Scene): Due | null {
  const kind = followUpOf(member, input.rollout.policy);
  return kind === null ? null : { ...DONE, work: kind };
}
