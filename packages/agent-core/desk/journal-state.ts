import type { KeptPackage, OrderKind, OrderStage, RefusalCode } from '@thimble/protocol';
import type { ApprovalUse } from '../trust/approval-uses.ts';

/** What of a driver's checkpoint everybody needs: the earlier versions' files, with which its order can be undone. */
export interface KeepsPackages {
  readonly kept: readonly KeptPackage[];
}

/** The order that the endpoint works on. At most one: orders go one after another. `Checkpoint` is the driver's. */
export interface ActiveOrder<Checkpoint extends KeepsPackages = KeepsPackages> {
  readonly orderId: string;
  readonly generation: number;
  readonly kind: OrderKind;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly stage: OrderStage;
  /** How often work on it began; more than `MAX_STARTS` end it (an order that kills its agent must not do so for ever). */
  readonly starts: number;
  /** Set before the first change: from then on it is finished, never begun again. */
  readonly checkpoint: Checkpoint | null;
  readonly reboot: RebootRequest | null;
}

/** A reboot that was asked for; whether it happened shows in the boot id. */
export interface RebootRequest {
  readonly bootIdBefore: string;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly failedUnitsBefore: readonly string[];
}

export interface FinishedOrder {
  readonly orderId: string;
  readonly generation: number;
  readonly acknowledged: boolean;
}

/** Orders that nobody who may give orders here has signed, by why. Counted, never executed. */
export type RejectedCounts = Readonly<Partial<Record<'bad-signature' | 'wrong-endpoint' | 'malformed', number>>>;

/** All that an endpoint promised and did; on its disk, so it survives everything but the loss of the disk. */
export interface JournalState<Checkpoint extends KeepsPackages = KeepsPackages> {
  readonly format: 1;
  /** The newest generation that was decided on: accepted or refused. Never goes back. */
  readonly generation: number;
  readonly active: ActiveOrder<Checkpoint> | null;
  /** Oldest first; those that the server acknowledged are forgotten after a while. */
  readonly finished: readonly FinishedOrder[];
  readonly rejected: RejectedCounts;
  /** Genuine orders that were refused, by why. */
  readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
  /** What was begun under approvers' signatures, and what was installed. */
  readonly uses: readonly ApprovalUse[];
}

export const EMPTY_JOURNAL: JournalState<never> = {
  format: 1,
  generation: 0,
  active: null,
  finished: [],
  rejected: {},
  refused: {},
  uses: [],
};

/** After the point of no return: it goes on by itself, and is neither stopped nor begun again. */
export function isCommitted({ active }: Pick<JournalState, 'active'>): boolean {
  return active !== null && (active.checkpoint !== null || active.reboot !== null);
}

/** Outcomes that the server has not acknowledged; `again`: those that it asks for once more. */
export function undelivered(
  { finished }: Pick<JournalState, 'finished'>,
  again: ReadonlySet<string>,
): readonly FinishedOrder[] {
  return finished.filter(({ acknowledged, orderId }) => !acknowledged || again.has(orderId));
}
