import type { Order, Outcome } from '@thimble/protocol';
import type { OrderFacts, Plan, RingFacts, RolloutFacts, TargetRequest } from '@thimble/rollouts';

/** What the server keeps, by table. A row is never changed: it is replaced. All keys but `blocks` and `rollout` are endpoints. */
export interface Tables {
  readonly endpoints: EndpointRow;
  /** Its orders of all times, oldest first. */
  readonly orders: readonly OrderRow[];
  readonly targets: TargetRow;
  readonly members: MemberRow;
  /** `name version` of what must not be installed. */
  readonly blocks: true;
  /** One row, under `rollout`. */
  readonly rollout: RolloutRow;
}

export type Rows = { readonly [Table in keyof Tables]: Map<string, Tables[Table]> };

export interface EndpointRow {
  readonly id: string;
  readonly generation: number;
  readonly lastSeenAtMs: number | null;
}

export interface OrderRow extends OrderFacts {
  readonly order: Order;
  readonly outcome: Outcome | null;
  readonly cancelDeliveredAtMs: number | null;
  /** It was fetched, and its endpoint shows no trace of it. */
  readonly redeliver: boolean;
}

export interface TargetRow {
  readonly endpointId: string;
  readonly approvedDigest: string | null;
  readonly startBeforeMs: number | null;
  readonly dropped: 'cancelled' | null;
  readonly request: TargetRequest | null;
}

export interface MemberRow {
  readonly endpointId: string;
  readonly rebootedAtMs: number | null;
  readonly hold: { readonly why: string; readonly untilMs: number | null } | null;
}

export interface RolloutRow {
  readonly state: 'running' | 'finished' | 'rolled-back' | 'cancelled';
  readonly startedAtMs: number;
  readonly approvedBy: readonly string[];
  readonly halt: RolloutFacts['halt'];
  readonly cancelled: boolean;
  readonly rings: readonly RingFacts[];
  readonly plan: Plan | null;
}
