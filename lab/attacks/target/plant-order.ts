import type { Envelope, OutcomeResult } from '@thimble/protocol';
import type { RealAgent } from './real-agent.ts';
import type { Target } from './target.ts';

let planted = 0;

/** What whoever owns the database does: an envelope lies there for an endpoint to fetch. @returns the row's id */
export async function plantOrder(
  { server }: Target,
  { endpointId }: RealAgent,
  envelope: Envelope,
  { id = server.context.newId(), generation }: { readonly id?: string; readonly generation?: number } = {},
): Promise<string> {
  planted += 1;
  await server.context.database.pool.query(
    `insert into endpoint_order (id, organisation_id, endpoint_id, run_id, generation, kind, issued_at, expires_at, issued_by, envelope)
     select $1, organisation_id, id, null, $3, 'apply', now(), now() + interval '30 days', 'intruder', $4
     from endpoint where id = $2`,
    // Far from the generations that the server gives, unless the answer is to be recorded.
    [id, endpointId, generation ?? 1_000_000_000 + planted, JSON.stringify(envelope)],
  );
  return id;
}

/** How the endpoint answered; undefined: it said nothing of such an order. */
export async function outcomeOf({ server }: Target, orderId: string): Promise<OutcomeResult | undefined> {
  const { rows } = await server.context.database.pool.query<{ outcome: { result: OutcomeResult } | null }>(
    'select outcome from endpoint_order where id = $1',
    [orderId],
  );
  return rows[0]?.outcome?.result;
}
