import type { PlanInput } from './facts.ts';
import type { GateWait, Wait } from './wait.ts';

/** When an endpoint's installation may begin: nothing is left to decide when the time has come. */
export interface Slot {
  readonly startMs: number;
  /** An order that has not begun by then is refused by the endpoint itself. */
  readonly startBeforeMs: number;
  /** Of the window it is in; null: any time. */
  readonly window: { readonly name: string; readonly startMs: number; readonly endMs: number } | null;
}

export interface Assignment {
  readonly endpointId: string;
  readonly ring: number;
  /** null: done, or nobody can say when. */
  readonly slot: Slot | null;
  /** null: done, or its action is due now. */
  readonly wait: Wait | null;
  readonly generation: number;
}

/** What is to be done now. Each is done once: after it, planning again asks for something else. */
export type RolloutAction =
  /** Ask for its exact transaction. */
  | { readonly kind: 'ask'; readonly endpointId: string }
  | { readonly kind: 'try'; readonly endpointId: string; readonly transactionDigest: string }
  | { readonly kind: 'pre-stage'; readonly endpointId: string; readonly transactionDigest: string }
  | {
      readonly kind: 'apply';
      readonly endpointId: string;
      readonly transactionDigest: string;
      readonly startBeforeMs: number;
    }
  /** Like an installation it begins before the end of its window, or not at all; where people are asked, they say when. */
  | { readonly kind: 'restart-services'; readonly endpointId: string; readonly startBeforeMs: number }
  | { readonly kind: 'reboot'; readonly endpointId: string; readonly startBeforeMs: number }
  | { readonly kind: 'retry'; readonly endpointId: string }
  | { readonly kind: 'roll-back'; readonly endpointId: string }
  | { readonly kind: 'open-ring'; readonly ring: number }
  | { readonly kind: 'pass-gate'; readonly ring: number }
  /** Nothing new begins: what was not fetched is withdrawn with it. */
  | { readonly kind: 'halt'; readonly ring: number; readonly why: string }
  | { readonly kind: 'roll-back-ring'; readonly ring: number; readonly why: string }
  /** Recall what the failed endpoints of this ring installed. */
  | { readonly kind: 'block'; readonly ring: number; readonly endpointIds: readonly string[] }
  | { readonly kind: 'finish'; readonly state: 'finished' | 'rolled-back' | 'cancelled' };

export interface RingReport {
  readonly name: string;
  readonly state: 'waiting' | 'open' | 'soaking' | 'gate' | 'passed' | 'halted' | 'rolling-back' | 'rolled-back';
  readonly why: GateWait | null;
  readonly members: number;
  /** Endpoints by what has become of them. */
  readonly counts: Readonly<Record<'done' | 'busy' | 'failed' | 'waiting' | 'offline' | 'left-out', number>>;
  /** As far as can be said now; null: nobody can. */
  readonly opensMs: number | null;
  readonly endsMs: number | null;
  readonly passesMs: number | null;
}

/** A deadline that can't hold as things are, and what would make it hold. */
export interface DeadlineMiss {
  readonly patch: string;
  readonly deadlineMs: number;
  readonly endpoints: number;
  readonly first: readonly string[];
  /** When the last of them gets it; null: not within the horizon. */
  readonly lastMs: number | null;
  readonly advice: readonly string[];
}

export interface PlanReport {
  /** What the rollout as a whole waits for, in a sentence. */
  readonly explanation: string;
  readonly rings: readonly RingReport[];
  readonly misses: readonly DeadlineMiss[];
  /** When the last endpoint is done by this plan; null: nobody can say. */
  readonly endsMs: number | null;
}

/** Immutable. A new one names the one it came from, and becomes the target by compare-and-set. */
export interface Plan {
  readonly rolloutId: string;
  readonly madeAtMs: number;
  /** In the order of the input's members. */
  readonly assignments: readonly Assignment[];
  readonly actions: readonly RolloutAction[];
}

export type PlanFunction = (input: PlanInput) => { readonly plan: Plan; readonly report: PlanReport };
