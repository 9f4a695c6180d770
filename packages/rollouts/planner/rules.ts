import type { AmountOf } from '../policy/policy.ts';
import type { MemberFacts, RolloutFacts } from './facts.ts';
import { isTouched } from './standing.ts';

/** A plan that failed is asked for so often altogether; then the endpoint has failed. */
export const PLAN_ATTEMPTS = 5;
/** Between the first and the second try: a server or mirror that restarts is back. Four times as long before each further one. */
const FIRST_RETRY_MS = 60_000;

/** What the planner decides by, one rule each, so that a test can plant a mistake in one of them and see who finds it. */
export interface PlannerRules {
  /** An amount of so many. A share is rounded up, and is at least one unless it is 0 %. */
  readonly amount: (amount: AmountOf, base: number) => number;
  /** How many more may be out. */
  readonly budgetLeft: (atMost: number, out: number) => number;
  /** Counts against the budgets of its groups: busy, or failed and not put back, or nobody knows. */
  readonly isOut: (member: MemberFacts) => boolean;
  /** Whether it is among those of whom a gate asks, and of whom a share is a share: who is off and was never touched is not. */
  readonly isCounted: (member: MemberFacts) => boolean;
  /** Whether a failure is final, so that a gate counts it. */
  readonly hasFailed: (progress: Extract<MemberFacts['progress'], { kind: 'failed' }>) => boolean;
  readonly retryAtMs: (sinceMs: number, attempts: number) => number;
  /** The last moment at which something that takes so long may begin in a window. */
  readonly latestStartMs: (windowEndMs: number, durationMs: number) => number;
  readonly soakEndsMs: (lastInstalledMs: number, soakMs: number) => number;
  /** Whether an endpoint that has not passed a trial that is demanded may install. */
  readonly installsUntried: boolean;
  /** Whether anything new may begin. */
  readonly mayBegin: (rollout: RolloutFacts) => boolean;
}

export const RULES: PlannerRules = {
  amount: (amount, base) =>
    amount.kind === 'count'
      ? amount.count
      : amount.percent === 0
        ? 0
        : Math.max(1, Math.ceil((base * amount.percent) / 100)),
  budgetLeft: (atMost, out) => atMost - out,
  isOut: ({ progress, busyWith }) => {
    if (progress.kind === 'failed') return progress.before === null || progress.unknown;
    return progress.kind === 'working' || busyWith !== null;
  },
  isCounted: (member) => member.progress.kind !== 'left-out' && (member.online || isTouched(member.progress)),
  hasFailed: ({ before, unknown, attempts }) => unknown || before !== 'plan' || attempts >= PLAN_ATTEMPTS,
  retryAtMs: (sinceMs, attempts) => sinceMs + FIRST_RETRY_MS * 4 ** Math.max(0, attempts - 1),
  latestStartMs: (windowEndMs, durationMs) => windowEndMs - durationMs,
  soakEndsMs: (lastInstalledMs, soakMs) => lastInstalledMs + soakMs,
  installsUntried: false,
  mayBegin: ({ halt, cancelled }) => halt === null && !cancelled,
};
