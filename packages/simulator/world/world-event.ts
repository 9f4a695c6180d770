import type { OrderKind, PackageChange } from '@thimble/protocol';
import type { PlanInput, Plan, ResultFacts, ClosedReason, RolloutAction } from '@thimble/rollouts';

/** What truly happened: told when it did, to checkers that see nothing else. */
export type WorldEvent =
  /** An order was signed and is committed. */
  | {
      readonly kind: 'issued';
      readonly endpointId: string;
      readonly orderId: string;
      readonly order: OrderKind;
      readonly generation: number;
      readonly digest: string | null;
      readonly expiresAtMs: number;
    }
  /** The server's record of how it ended. */
  | {
      readonly kind: 'recorded';
      readonly endpointId: string;
      readonly orderId: string;
      readonly result: ResultFacts;
      /** The whole of what was recorded, to tell two from each other. */
      readonly print: string;
    }
  | { readonly kind: 'closed'; readonly endpointId: string; readonly orderId: string; readonly reason: ClosedReason }
  | { readonly kind: 'fetched'; readonly endpointId: string; readonly orderId: string }
  /** A plan that became the target, and what was committed with it. */
  | { readonly kind: 'planned'; readonly input: PlanInput; readonly plan: Plan; readonly problems: readonly string[] }
  | { readonly kind: 'acted'; readonly action: RolloutAction }
  | { readonly kind: 'operator'; readonly act: OperatorAct }
  /** The version (`name version`) must not be installed any more. */
  | { readonly kind: 'blocked'; readonly version: string }
  /** On the endpoint, whether anybody knows it or not. */
  | { readonly kind: 'accepted'; readonly endpointId: string; readonly orderId: string; readonly generation: number }
  /** Past the point of no return, durably. */
  | { readonly kind: 'committed'; readonly endpointId: string; readonly orderId: string }
  | {
      readonly kind: 'begun';
      readonly endpointId: string;
      readonly orderId: string;
      readonly order: 'apply' | 'rollback';
      readonly digest: string;
      readonly changes: readonly PackageChange[];
    }
  | { readonly kind: 'changed'; readonly endpointId: string; readonly orderId: string }
  | { readonly kind: 'rebooted'; readonly endpointId: string; readonly orderId: string }
  | { readonly kind: 'watermark'; readonly endpointId: string; readonly generation: number }
  | { readonly kind: 'heard'; readonly endpointId: string };

export type OperatorAct =
  | { readonly kind: 'halt' | 'resume' | 'cancel' }
  | { readonly kind: 'approve'; readonly who: string; readonly ring: number | null }
  | { readonly kind: 'skip-gate' | 'roll-back-ring'; readonly ring: number }
  | { readonly kind: 'hold' | 'release' | 'retry' | 'roll-back'; readonly endpointId: string }
  | { readonly kind: 'block'; readonly version: string };

export type Tell = (event: WorldEvent) => void;
