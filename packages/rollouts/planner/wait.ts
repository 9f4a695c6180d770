/**
 * Why an endpoint of a rollout is not patched at this moment, and until when (Unix milliseconds; null: nobody knows, somebody has to act
 * or something has to happen). Exactly one for each member that is not done: the first step of the table that is not open.
 */
export type Wait =
  | { readonly kind: 'approval'; readonly missing: number; readonly of: 'rollout' | 'ring'; readonly untilMs: null }
  | { readonly kind: 'halted'; readonly by: string; readonly why: string; readonly untilMs: null }
  | { readonly kind: 'cancelled'; readonly untilMs: null }
  | { readonly kind: 'ring'; readonly ring: string; readonly why: GateWait; readonly untilMs: number | null }
  | { readonly kind: 'hold'; readonly why: string; readonly untilMs: number | null }
  /** It may not be who it says, or somebody looks into it: until it is released it gets no orders. */
  | { readonly kind: 'quarantine'; readonly why: string; readonly untilMs: null }
  | { readonly kind: 'offline'; readonly sinceMs: number | null; readonly untilMs: null }
  | { readonly kind: 'busy'; readonly with: string; readonly untilMs: null }
  | { readonly kind: 'plan'; readonly untilMs: null }
  | { readonly kind: 'trial'; readonly untilMs: null }
  | { readonly kind: 'trial-failed'; readonly why: string; readonly untilMs: null }
  | { readonly kind: 'blocked'; readonly packages: readonly string[]; readonly untilMs: null }
  | { readonly kind: 'window'; readonly window: string; readonly untilMs: number | null }
  | { readonly kind: 'blackout'; readonly calendar: string; readonly untilMs: number }
  /** No window of the horizon is long enough for it. */
  | { readonly kind: 'no-window'; readonly neededMs: number; readonly longestMs: number; readonly untilMs: null }
  | {
      readonly kind: 'budget';
      readonly per: string;
      readonly group: string;
      readonly atMost: number;
      readonly out: number;
      readonly untilMs: number | null;
    }
  | { readonly kind: 'at-once'; readonly atMost: number; readonly out: number; readonly untilMs: number | null }
  | { readonly kind: 'working'; readonly order: string; readonly sinceMs: number; readonly untilMs: null }
  /** It was asked for and is no order yet: approvers’ signatures are missing, or an emergency stop holds. */
  | { readonly kind: 'held'; readonly why: string; readonly untilMs: null }
  /** Whoever is signed in there is asked whether it may reboot. */
  | { readonly kind: 'consent'; readonly sinceMs: number; readonly untilMs: null }
  | { readonly kind: 'reboot-window'; readonly untilMs: number | null }
  | { readonly kind: 'reboot-stagger'; readonly untilMs: number | null }
  | { readonly kind: 'reboot-rule'; readonly untilMs: null }
  /** Its plan failed; it is asked again, later each time. */
  | { readonly kind: 'retry'; readonly why: string; readonly attempts: number; readonly untilMs: number }
  | { readonly kind: 'failed'; readonly why: string; readonly unknown: boolean; readonly untilMs: null };

/** Why a ring has not passed its gate. */
export type GateWait =
  | { readonly kind: 'not-begun' }
  | { readonly kind: 'patching'; readonly done: number; readonly of: number }
  | { readonly kind: 'soak'; readonly untilMs: number }
  | { readonly kind: 'success-rate'; readonly percent: number; readonly needed: number }
  | {
      readonly kind: 'failures';
      readonly count: number;
      readonly atMost: number;
      /** Host names of the first of them. */
      readonly first: readonly string[];
      /** What failed on the very first. */
      readonly why: string;
    }
  | { readonly kind: 'too-few'; readonly patched: number; readonly needed: number }
  | { readonly kind: 'probe'; readonly probe: string; readonly message: string }
  | { readonly kind: 'approval'; readonly missing: number };
