import { canonicalJson, type Envelope, type Order, type Outcome } from '@thimble/protocol';
import type { ServerUnderTest } from './server.ts';

/** An order as the server's database has it. */
export type OrderRow = {
  readonly id: string;
  readonly endpoint_id: string;
  readonly run_id: string | null;
  readonly generation: string;
  readonly kind: Order['body']['kind'];
  readonly issued_at: Date;
  readonly delivered_at: Date | null;
  readonly envelope: Envelope;
  readonly outcome: Outcome | null;
  readonly outcome_at: Date | null;
  readonly closed_reason: string | null;
};

export async function ordersOf(
  server: ServerUnderTest,
  where: { readonly runId?: string; readonly endpointId?: string },
): Promise<readonly OrderRow[]> {
  return server.query<OrderRow>(
    `select * from endpoint_order where ($1::uuid is null or run_id = $1) and ($2::uuid is null or endpoint_id = $2)
     order by endpoint_id, generation`,
    [where.runId ?? null, where.endpointId ?? null],
  );
}

/** Records of the evidence that name an outcome of this order. */
async function recordedOutcomes(server: ServerUnderTest, orderId: string): Promise<number> {
  const rows = await server.query<{ count: string }>(
    // A plan is its order's outcome.
    `select count(*) from evidence
     where kind in ('outcome-recorded', 'transaction-planned') and detail->>'orderId' = $1`,
    [orderId],
  );
  return Number(rows[0]?.count ?? 0);
}

/**
 * What is wrong with how a run's or an endpoint's orders ended, in words; empty when each has exactly one recorded
 * outcome, in the orders' table and in the evidence alike.
 */
export async function flawsOfOutcomes(
  server: ServerUnderTest,
  where: { readonly runId?: string; readonly endpointId?: string },
): Promise<readonly string[]> {
  const orders = await ordersOf(server, where);
  const flaws = orders.length === 0 ? ['there is no order at all'] : [];
  for (const { id, kind, outcome } of orders) {
    if (outcome === null) flaws.push(`${kind} order ${id} has no outcome`);
    else if (outcome.orderId !== id) flaws.push(`${kind} order ${id} has the outcome of ${outcome.orderId}`);
    const count = await recordedOutcomes(server, id);
    if (count !== 1) flaws.push(`${kind} order ${id} has ${count} outcomes in the evidence`);
  }
  return flaws;
}

/** Whether the evidence's chain holds, by the server's own check of the whole of it. */
export async function chainHolds(server: ServerUnderTest): Promise<boolean> {
  const { chain } = await server.client.evidence({ limit: 1 });
  return chain.verified && chain.length > 0;
}

/** The payload of an envelope, without any check. */
export function orderIn(envelope: Envelope): Order {
  return JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')) as Order;
}

export function payloadOf(order: Order): Uint8Array {
  return Buffer.from(canonicalJson(order), 'utf8');
}
