import { isPastNoReturn } from '@thimble/rollouts';
import { stopOrder } from './advance-targets.ts';
import type { Transaction } from './database.ts';
import { putOrder } from './issue-order.ts';
import type { OrderRow, Rows } from './rows.ts';

/** Recalls a version: marks the plans that have it, and stops what is under way with it, as `deploy/recall-orders` of the server does. */
export function blockVersion(rows: Rows, transaction: Transaction, version: string, nowMs: number): void {
  if (rows.blocks.has(version)) return;
  transaction.put('blocks', version, true);
  transaction.tell({ kind: 'blocked', version });
  for (const [endpointId, orders] of rows.orders) {
    for (const order of orders) {
      if (!versionsOf(order).includes(version)) continue;
      const isOpen = order.result === null && order.closed === null;
      const marked = { ...order, blocked: [...order.blocked, version] };
      if (order.kind === 'plan') putOrder(rows, transaction, endpointId, marked);
      if (!isOpen || (order.kind !== 'apply' && order.kind !== 'pre-stage' && order.kind !== 'trial')) continue;
      putOrder(rows, transaction, endpointId, marked);
      if (!isPastNoReturn(order)) stopOrder(rows, transaction, endpointId, order.id, nowMs);
    }
    const target = rows.targets.get(endpointId);
    const plan = orders.findLast(({ kind }) => kind === 'plan');
    // An approval does not outlive the recall of what was approved.
    if (
      target !== undefined &&
      target.approvedDigest !== null &&
      plan !== undefined &&
      versionsOf(plan).includes(version)
    )
      transaction.put('targets', endpointId, { ...target, approvedDigest: null, startBeforeMs: null });
  }
}

/** `name version` of all that an order installs, or that its plan would. */
export function versionsOf({ order, outcome }: OrderRow): readonly string[] {
  const { body } = order;
  const transaction =
    'transaction' in body ? body.transaction : outcome?.result.kind === 'planned' ? outcome.result.transaction : null;
  return (transaction?.changes ?? []).map(({ name, to }) => `${name} ${to ?? ''}`);
}
