import type { ApplyCheckpoint } from '@thimble/drivers';
import { OutcomeResult, Selection, Transaction } from '@thimble/protocol';
import { Value } from 'typebox/value';

/** One installation or roll-back of single-system mode, from its decision to its outcome. */
export interface PatchOrder {
  readonly format: 1;
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly unattended: boolean;
  readonly restartServices: boolean;
  /** null: a roll-back. */
  readonly selection: Selection | null;
  /** The order that this one rolls back. */
  readonly undoes: string | null;
  readonly transaction: Transaction;
  /** Set before the first change: from then on the order is finished, never begun again. */
  readonly checkpoint: ApplyCheckpoint | null;
  /** null: it is under way, or was interrupted. */
  readonly result: OutcomeResult | null;
}

/** The order that a journal file holds, or undefined when it does not hold one. */
export function readPatchOrder(text: string): PatchOrder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const order = value as PatchOrder;
  const sound =
    order.format === 1 &&
    typeof order.id === 'string' &&
    typeof order.startedAt === 'string' &&
    Value.Check(Transaction, order.transaction) &&
    (order.selection === null || Value.Check(Selection, order.selection)) &&
    (order.result === null || Value.Check(OutcomeResult, order.result)) &&
    (order.checkpoint === null || order.checkpoint.orderId === order.id);
  return sound ? order : undefined;
}
