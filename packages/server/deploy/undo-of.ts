import {
  inverseTransaction,
  type KeptPackage,
  type Order,
  type OrderBody,
  type Outcome,
  type PackageChange,
  type Transaction,
} from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

/** The order body that undoes an order, from what it did and which earlier files the endpoint kept. */
export async function undoOf(
  within: Kysely<Tables>,
  orderId: string,
  restartServices: boolean,
): Promise<Extract<OrderBody, { kind: 'rollback' }>> {
  const { rows } = await sql<{ payload: string; outcome: Outcome }>`
    select envelope->>'payload' as payload, outcome from endpoint_order where id = ${orderId}`.execute(within);
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no order ${orderId}`);
  // Our own order, signed by ourselves and stored in our own database.
  const { body } = JSON.parse(Buffer.from(row.payload, 'base64').toString('utf8')) as Order;
  if (body.kind !== 'apply') throw new Error(`order ${orderId} is no apply order`);
  const { result } = row.outcome;
  const kept = result.kind === 'applied' || result.kind === 'failed' ? result.kept : [];
  const transaction = wholeInverse(body.transaction, kept);
  return {
    kind: 'rollback',
    undoes: orderId,
    transaction,
    transactionDigest: transactionSha256(transaction),
    restartServices,
  };
}

/** The newest order of a run that installed a transaction on an endpoint. */
export async function installedBy(
  within: Kysely<Tables>,
  runId: string,
  endpointId: string,
  transactionDigest: string,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from endpoint_order where run_id = ${runId} and endpoint_id = ${endpointId} and kind = 'apply'
      and transaction_digest = ${transactionDigest} and outcome_at is not null
    order by generation desc limit 1`.execute(within);
  const [order] = rows;
  if (order === undefined) throw new Error(`run ${runId} installed no ${transactionDigest} on ${endpointId}`);
  return order.id;
}

/**
 * What undoes a transaction, whole: packages of one source depend on each other's exact versions, so half a way back is
 * none. What was not kept stands in it without a digest, and the endpoint refuses the order and names it.
 */
export function wholeInverse(transaction: Transaction, kept: readonly KeptPackage[]): Transaction {
  const { transaction: inverse, missing } = inverseTransaction(transaction, kept);
  const lost = transaction.changes.flatMap((change): PackageChange[] => {
    const { name, architecture, from, to } = change;
    if (!missing.some((each) => each.name === name && each.architecture === architecture)) return [];
    const action = to === null ? 'install' : change.action === 'downgrade' ? 'upgrade' : 'downgrade';
    const none = { sha256: null, downloadBytes: 0, origin: null, security: false } as const;
    return [{ ...change, ...none, action, from: to, to: from, reason: 'requested' }];
  });
  return { ...inverse, changes: [...inverse.changes, ...lost] };
}
