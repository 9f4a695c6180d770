import { canonicalJson, ORDER_KEYS_PAYLOAD_TYPE, type OrderKey, type OrderKeyList } from '@thimble/protocol';
import { signEnvelope, type SigningKey } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import { publishTrust } from '../approvals/index.ts';
import type { ServerContext } from '../context.ts';
import { ORDER_KEYS_TOPIC } from '../keys/index.ts';
import { appendEvidence, type NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { expireOrders, signHaltsAgain } from './sign-again.ts';

export interface NextList {
  readonly sequence: number;
  /** The first signs from now on. */
  readonly keys: readonly [SigningKey, ...OrderKey[]];
  /** Keys of the lists that endpoints may have now. */
  readonly signers: readonly SigningKey[];
  readonly record: Omit<NewEvidence, 'organisationId' | 'at'>;
}

/** One change of the keys at a time, over all replicas, until the transaction ends. Whoever only reads is not kept waiting. */
export async function lockLists(within: Kysely<Tables>): Promise<void> {
  await sql`lock table order_key_list in share row exclusive mode`.execute(within);
}

/** Puts down the next list, and what follows from it; last in the caller's transaction, which holds `lockLists`. */
export async function appendList(
  within: Kysely<Tables>,
  context: ServerContext,
  { sequence, keys, signers, record }: NextList,
): Promise<void> {
  const at = context.clock();
  const [signer] = keys;
  const list: OrderKeyList = {
    format: 1,
    kind: 'order-keys',
    // One key signs for all organisations of a server.
    organisationId: null,
    sequence,
    keys: keys.map(({ keyid, publicKey }) => ({ keyid, publicKey })),
    issuedAt: at.toISOString(),
  };
  const envelope = signEnvelope(ORDER_KEYS_PAYLOAD_TYPE, Buffer.from(canonicalJson(list)), signers);
  await sql`
    insert into order_key_list (sequence, keys, envelope, issued_at)
    values (${sequence}, ${JSON.stringify(list.keys)}::jsonb, ${JSON.stringify(envelope)}::jsonb, ${at})`.execute(
    within,
  );
  await signHaltsAgain(within, signer);
  await expireOrders(within, list.keys, at);
  const { rows } = await sql<{ id: string }>`select id from organisation order by id`.execute(within);
  const organisationId = context.defaultOrganisationId;
  // First: replicas take the keys before anybody who waits asks them for news.
  await context.events.publish({ organisationId, topic: ORDER_KEYS_TOPIC, key: String(sequence) }, within);
  for (const { id } of rows) await publishTrust(context, id, within);
  for (const { id } of rows) await appendEvidence(within, [{ ...record, organisationId: id, at }]);
}
