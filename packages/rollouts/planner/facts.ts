import type { Interval } from '../calendar/window-rule.ts';
import type { Plan } from './plan.ts';
import type { Policy } from '../policy/policy.ts';

// What the planner knows. All of it is data: the same input gives the same plan, on a server, in a simulation and in a test.

/** One fix that is pending somewhere: a source package at a version. */
export interface PatchFacts {
  /** `openssl 3.0.22-1`. */
  readonly key: string;
  /** When every one of the policy's deadlines for it is over; null: no deadline. See deadlineOf. */
  readonly deadlineMs: number | null;
  /** How bad it is to wait, added over vulnerabilities: for the order among equal deadlines. */
  readonly risk: number;
}

/** Where one endpoint stands in a rollout, from its orders alone. */
export type MemberProgress =
  /** Nobody asked it for its transaction yet. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'planning'; readonly sinceMs: number }
  | {
      readonly kind: 'planned';
      readonly transactionDigest: string;
      readonly trial: 'none' | 'under-way' | 'passed' | 'failed' | 'impossible';
      readonly preStage: 'none' | 'under-way' | 'done' | 'failed';
      /** What of it is recalled, in words; empty: nothing. */
      readonly blocked: readonly string[];
      readonly message: string;
    }
  /** A signed order that changes it is out: it is busy, whether it answers or not. */
  | {
      readonly kind: 'working';
      readonly sinceMs: number;
      readonly order: 'apply' | 'reboot' | 'restart-services' | 'rollback';
      /** Why it is no order yet; left out: it is, or is about to be. */
      readonly held?: string;
    }
  /**
   * Its reboot order is out, and people who are signed in say when, perhaps in days. It takes nobody's place meanwhile: it
   * does its work, and nobody can tell when it will be out.
   */
  | { readonly kind: 'waits-for-consent'; readonly sinceMs: number }
  | { readonly kind: 'waits-for-reboot'; readonly sinceMs: number }
  | { readonly kind: 'waits-for-restart'; readonly sinceMs: number }
  | { readonly kind: 'effective'; readonly sinceMs: number }
  | { readonly kind: 'nothing-to-do'; readonly sinceMs: number }
  | {
      readonly kind: 'failed';
      readonly sinceMs: number;
      readonly message: string;
      /** Before anything was installed: its plan, its trial, or it refused. Not a failure of the patch on the endpoint. */
      readonly before: 'plan' | 'trial' | 'apply' | null;
      /** How often its plan or order was tried anew. */
      readonly attempts: number;
      readonly undoable: boolean;
      /** Its end is not known: it vanished, or its order was given up. Counts as failed. */
      readonly unknown: boolean;
    }
  | { readonly kind: 'rolled-back'; readonly sinceMs: number }
  | { readonly kind: 'left-out'; readonly why: string };

export interface MemberFacts {
  readonly endpointId: string;
  readonly hostname: string;
  /** Index into the policy's rings; fixed when the rollout starts or the endpoint joins. */
  readonly ring: number;
  readonly progress: MemberProgress;
  /** Answers now; who is off does not count for budgets and gates. */
  readonly online: boolean;
  readonly lastSeenMs: number | null;
  /** Of the endpoint, its site or the server. IANA. */
  readonly timeZone: string;
  /** For budgets: indexes into the rollout's `budgetGroups`; empty: it is in none. */
  readonly budgetGroups: readonly number[];
  /** Index into `patchSets`. */
  readonly patchSet: number;
  /** How long its installation takes at most, learned or stated. */
  readonly expectedMs: number;
  /** An order of somebody else is under way there: in words; null: none. */
  readonly busyWith: string | null;
  /** Why it is in quarantine: it gets no orders until somebody releases it; left out or null: it is not. */
  readonly quarantined?: string | null;
  /** Nothing happens on it before: an operator's hold, or a freeze; null: none. */
  readonly hold: { readonly why: string; readonly untilMs: number | null } | null;
  /** Increases with each change of its assignment; orders take it along. */
  readonly generation: number;
  /** When its last reboot of this rollout began, for staggering; null: none. */
  readonly rebootedAtMs: number | null;
}

export interface RingFacts {
  /** When the first of it was admitted; null: not yet. */
  readonly openedAtMs: number | null;
  readonly passedAtMs: number | null;
  /** Somebody passed its gate by hand. */
  readonly skippedBy: string | null;
  readonly approvedBy: readonly string[];
  /** Its endpoints go back: by whom or by which rule; null: they don't. */
  readonly rollBack: { readonly by: string; readonly atMs: number } | null;
  /** Newest answers of its probes; a probe without one is unknown, and unknown has failed. */
  readonly probes: readonly {
    readonly name: string;
    readonly value: number | null;
    readonly atMs: number;
    readonly message: string;
  }[];
}

export interface RolloutFacts {
  readonly id: string;
  readonly name: string;
  readonly policy: Policy;
  readonly startedAtMs: number;
  readonly approvedBy: readonly string[];
  /** Nothing new begins: a person's, or the planner's own halt; null: it goes on. */
  readonly halt: { readonly by: string; readonly why: string; readonly atMs: number } | null;
  readonly cancelled: boolean;
  readonly rings: readonly RingFacts[];
  readonly members: readonly MemberFacts[];
  readonly patches: readonly PatchFacts[];
  /** Indexes of `patches`, once for all endpoints that lack the same. */
  readonly patchSets: readonly (readonly number[])[];
  /** Every group of every budget of the policy: those that stand for each other. `budget` is the index in the policy. */
  readonly budgetGroups: readonly { readonly budget: number; readonly name: string }[];
  /** Times in which nothing begins: blackout calendars of the policy, in order. */
  readonly blackouts: readonly (Interval & { readonly calendar: string })[];
}

export interface PlanInput {
  readonly nowMs: number;
  /** How far windows are looked at. Default of callers: 60 days. */
  readonly horizonMs: number;
  readonly rollout: RolloutFacts;
  /** The plan that is in force; left out or null: none. An assignment that says the same keeps its generation, one that does not gets the next. */
  readonly previous?: Plan | null;
}
