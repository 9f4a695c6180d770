import type { Order, OrderBody } from '@thimble/protocol';
import { orderLifetimeMs } from '@thimble/rollouts';
import { ORGANISATION_ID, orderIdOf, RUN_ID } from '../identity.ts';
import type { Transaction } from './database.ts';
import type { OrderRow, Rows } from './rows.ts';

export interface Issue {
  readonly endpointId: string;
  readonly body: OrderBody;
  /** It may not begin after this, even if it lived longer by its kind. */
  readonly startBeforeMs: number | null;
  readonly nowMs: number;
  readonly checkInIntervalMs: number;
}

/** Signs an order: as `deploy/issue-order` of the server does. */
export function issueOrder(
  rows: Rows,
  transaction: Transaction,
  { endpointId, body, startBeforeMs, nowMs, checkInIntervalMs }: Issue,
): void {
  const before = rows.endpoints.get(endpointId);
  if (before === undefined) return;
  const endpoint = { ...before, generation: before.generation + 1 };
  transaction.put('endpoints', endpointId, endpoint);
  const usual = nowMs + orderLifetimeMs(body.kind, checkInIntervalMs);
  const expiresAtMs = startBeforeMs === null ? usual : Math.min(startBeforeMs, usual);
  const digest = 'transactionDigest' in body ? body.transactionDigest : null;
  const order: Order = {
    format: 1,
    id: orderIdOf(endpointId, endpoint.generation),
    organisationId: ORGANISATION_ID,
    endpointId,
    generation: endpoint.generation,
    issuedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(expiresAtMs).toISOString(),
    runId: RUN_ID,
    body,
  };
  const row: OrderRow = {
    id: order.id,
    kind: body.kind,
    generation: order.generation,
    issuedAtMs: nowMs,
    expiresAtMs,
    deliveredAtMs: null,
    cancelRequestedAtMs: null,
    cancelDeliveredAtMs: null,
    redeliver: false,
    closed: null,
    result: null,
    resultAtMs: null,
    progress: null,
    blocked: [],
    order,
    outcome: null,
  };
  transaction.put('orders', endpointId, [...(rows.orders.get(endpointId) ?? []), row]);
  transaction.tell({
    kind: 'issued',
    endpointId,
    orderId: row.id,
    order: body.kind,
    generation: row.generation,
    digest,
    expiresAtMs,
  });
}

/** Puts a changed row in the place of the one with its id. */
export function putOrder(rows: Rows, transaction: Transaction, endpointId: string, changed: OrderRow): void {
  const orders = rows.orders.get(endpointId) ?? [];
  transaction.put(
    'orders',
    endpointId,
    orders.map((order) => (order.id === changed.id ? changed : order)),
  );
}
