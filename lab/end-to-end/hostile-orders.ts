import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORDER_PAYLOAD_TYPE, type Envelope, type Order } from '@thimble/protocol';
import { signEnvelope, signingKeyFromPem, type SigningKey } from '@thimble/protocol/signing';
import type { Endpoint } from '../endpoint.ts';
import { orderIn, payloadOf } from './records.ts';
import type { ServerUnderTest } from './server.ts';
import { waitFor } from './wait-for.ts';

/** The server's own key, as whoever broke into it has it. */
export function stolenKey(server: ServerUnderTest): SigningKey {
  return signingKeyFromPem(readFileSync(join(server.dataDirectory, 'keys', 'order-key.pem'), 'utf8'));
}

/** An order made after a captured one, with changes, signed with a key of one's choice. */
export function forge(captured: Envelope, change: Partial<Order>, key: SigningKey): Envelope {
  return signEnvelope(ORDER_PAYLOAD_TYPE, payloadOf({ ...orderIn(captured), ...change }), [key]);
}

/** Another payload under the captured signatures. */
export function alter(captured: Envelope, change: Partial<Order>): Envelope {
  return { ...captured, payload: Buffer.from(payloadOf({ ...orderIn(captured), ...change })).toString('base64') };
}

/**
 * Puts an envelope into the stolen server's database for an endpoint to fetch. With the payload's own id and generation the
 * answer is recorded.
 */
export async function plant(
  server: ServerUnderTest,
  endpointId: string,
  envelope: Envelope,
  id: string,
  generation = unusedGeneration(),
): Promise<void> {
  await server.query(
    `insert into endpoint_order (id, organisation_id, endpoint_id, run_id, generation, kind, issued_at, expires_at, issued_by, envelope)
     select $1, organisation_id, id, null, $4, $3, now(), now() + interval '1 hour', 'intruder', $5
     from endpoint where id = $2`,
    [id, endpointId, orderIn(envelope).body.kind, generation, JSON.stringify(envelope)],
  );
}

let planted = 0;

/** Of the row alone, far from those that the server gives. */
function unusedGeneration(): number {
  planted += 1;
  return 1_000_000_000 + planted;
}

export async function unplant(server: ServerUnderTest, id: string): Promise<void> {
  await server.query(
    `update endpoint_order set closed_at = now(), closed_reason = 'cancelled' where id = $1 and outcome_at is null`,
    [id],
  );
}

export function newOrderId(): string {
  return randomUUID();
}

type Status = { readonly generation: number; readonly rejected: Readonly<Record<string, number>> };

/** What the endpoint says of itself: the newest generation that it decided on, and orders that it did not accept. */
export async function agentStatus(machine: Endpoint): Promise<Status> {
  return JSON.parse(await machine.shell('thimble agent status --json')) as Status;
}

/** Until the endpoint has counted one more order that it did not accept, for this reason. */
export async function untilRejected(machine: Endpoint, why: string, before: number): Promise<void> {
  await waitFor(`${machine.name} has rejected an order: ${why}`, async () => {
    return ((await agentStatus(machine)).rejected[why] ?? 0) > before;
  });
}
