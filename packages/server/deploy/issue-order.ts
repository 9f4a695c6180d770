import { canonicalJson, type Order, ORDER_PAYLOAD_TYPE, type OrderBody } from '@thimble/protocol';
import { sha256, signEnvelope } from '@thimble/protocol/signing';
import { orderLifetimeMs } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { demandingSet } from '../approvals/index.ts';
import type { ServerContext } from '../context.ts';
import type { NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';

export interface NewOrder {
  readonly organisationId: string;
  readonly endpointId: string;
  readonly runId: string | null;
  readonly body: OrderBody;
  /** What approvers signed for it; null: it changes nothing, or nobody is asked. */
  readonly approvalId: string | null;
  /** It begins before this or not at all; left out or null: before its usual lifetime is over. */
  readonly startBefore?: Date | null;
  /** Who decided it, for the record. */
  readonly actor: string;
}

/**
 * Signs an order and stores it in the caller's transaction, so that the decision and its order are there together or not
 * at all. The generation is the endpoint's next: the row's lock makes it strictly increasing over all replicas.
 *
 * @returns its record for the evidence, or null when the endpoint was removed.
 */
export async function issueOrder(
  within: Kysely<Tables>,
  context: ServerContext,
  { organisationId, endpointId, runId, body, approvalId, startBefore = null, actor }: NewOrder,
): Promise<NewEvidence | null> {
  if (approvalId === null && !CHANGES_NOTHING.has(body.kind) && (await demandingSet(within, organisationId)) !== null)
    throw new Error(`an order (${body.kind}) for ${endpointId} has no approval: its endpoint would refuse it`);
  const { rows } = await sql<{ generation: number; hostname: string; signer: string }>`
    update endpoint set generation = generation + 1
    where id = ${endpointId} and organisation_id = ${organisationId} and removed_at is null
    returning generation, hostname,
      (select keys->0->>'keyid' from order_key_list order by sequence desc limit 1) as signer`.execute(within);
  const [endpoint] = rows;
  if (endpoint === undefined) return null;
  // Another server replaced it, and this one has not heard: whoever decided the order decides it again in a moment.
  if (endpoint.signer !== context.orderKey.keyid)
    throw new Error(`the order key was replaced by ${endpoint.signer}: this server signs nothing before it has it`);
  const issuedAt = context.clock();
  const usualMs = orderLifetimeMs(body.kind, context.settings.checkInIntervalS * 1000) + askedForMs(body);
  const usual = new Date(issuedAt.getTime() + usualMs);
  const expiresAt = startBefore !== null && startBefore < usual ? startBefore : usual;
  const order: Order = {
    format: 1,
    id: context.newId(),
    organisationId,
    endpointId,
    generation: endpoint.generation,
    issuedAt: issuedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    runId,
    ...(approvalId === null ? {} : { approvalId }),
    body,
  };
  const envelope = signEnvelope(ORDER_PAYLOAD_TYPE, Buffer.from(canonicalJson(order)), [context.orderKey]);
  const transactionDigest = 'transactionDigest' in body ? body.transactionDigest : null;
  await sql`
    insert into endpoint_order (id, organisation_id, endpoint_id, run_id, generation, kind, issued_at, expires_at,
      issued_by, envelope, transaction_digest, approval_id)
    values (${order.id}, ${organisationId}, ${endpointId}, ${runId}, ${order.generation}, ${body.kind}, ${issuedAt},
      ${expiresAt}, ${actor}, ${JSON.stringify(envelope)}::jsonb, ${transactionDigest}, ${approvalId})`.execute(within);
  // The agent's held request wakes when this transaction commits.
  await context.events.publish({ organisationId, topic: 'orders', key: endpointId }, within);
  return {
    organisationId,
    at: issuedAt,
    kind: 'order-issued',
    actor,
    runId,
    endpointId,
    summary: `order ${order.generation} (${body.kind}) was signed for ${endpoint.hostname}`,
    detail: {
      orderId: order.id,
      generation: order.generation,
      kind: body.kind,
      keyid: context.orderKey.keyid,
      envelopeSha256: sha256(canonicalJson(envelope)),
      transactionDigest,
      approvalId,
    },
  };
}

/** Approvers are not asked about these. */
const CHANGES_NOTHING: ReadonlySet<OrderBody['kind']> = new Set(['scan', 'plan', 'pre-stage']);

/** People may take their time before a reboot, and its order is not lost meanwhile. */
function askedForMs(body: OrderBody): number {
  return body.kind === 'reboot' && body.consent !== undefined ? body.consent.deferForSeconds * 1000 : 0;
}
