import type { KeptPackage, Order, OrderBody, Outcome, PackageChange, Transaction } from '@thimble/protocol';
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
  const transaction = inverseTransaction(body.transaction, kept);
  return {
    kind: 'rollback',
    undoes: orderId,
    transaction,
    transactionDigest: transactionSha256(transaction),
    restartServices,
  };
}

/** What undoes a transaction: each change the other way round, with the files of before that the endpoint kept. */
export function inverseTransaction(transaction: Transaction, kept: readonly KeptPackage[]): Transaction {
  const files = new Map(kept.map((file) => [`${file.name}\0${file.architecture}\0${file.version}`, file]));
  const changes = transaction.changes.flatMap((change): PackageChange[] => {
    const { name, architecture, from, to } = change;
    const file = files.get(`${name}\0${architecture}\0${from ?? ''}`);
    if (from !== null && file === undefined) return [];
    const action =
      from === null ? 'remove' : to === null ? 'install' : change.action === 'downgrade' ? 'upgrade' : 'downgrade';
    return [
      {
        ...change,
        action,
        from: to,
        to: from,
        sha256: file?.sha256 ?? null,
        downloadBytes: 0,
        origin: null,
        security: false,
        reason: 'requested',
      },
    ];
  });
  const missing = transaction.changes.filter(({ name, architecture, from }) => {
    return from !== null && !files.has(`${name}\0${architecture}\0${from}`);
  });
  return {
    ...transaction,
    changes,
    downloadBytes: 0,
    installedDeltaBytes: -transaction.installedDeltaBytes,
    conffileConflicts: [],
    excluded: missing.map(({ name, architecture }) => ({
      name,
      architecture,
      why: 'the endpoint kept no file of the version before',
    })),
    rollbackGaps: [],
  };
}
