import { ORDER_PAYLOAD_TYPE, type Envelope, type Order, type OrderBody } from '@thimble/protocol';
import { signEnvelope, transactionSha256, type SigningKey } from '@thimble/protocol/signing';
import { TRANSACTION } from './fake-driver.ts';
import { ENDPOINT_ID, ORGANISATION_ID } from './fake-server.ts';

export const APPLY: OrderBody = {
  kind: 'apply',
  transaction: TRANSACTION,
  transactionDigest: transactionSha256(TRANSACTION),
  restartServices: true,
};

/** The id of the nth order of a test. */
export function orderId(n: number): string {
  return `0199a5a0-0000-7000-8000-1${String(n).padStart(11, '0')}`;
}

export function makeOrder(n: number, body: OrderBody = APPLY, change: Partial<Order> = {}): Order {
  return {
    format: 1,
    id: orderId(n),
    organisationId: ORGANISATION_ID,
    endpointId: ENDPOINT_ID,
    generation: n,
    issuedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2099-01-01T00:00:00.000Z',
    runId: null,
    body,
    ...change,
  };
}

export function seal(order: unknown, ...keys: SigningKey[]): Envelope {
  return signEnvelope(ORDER_PAYLOAD_TYPE, Buffer.from(JSON.stringify(order)), keys);
}
