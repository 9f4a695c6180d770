import { type Envelope, LIMITS, OrdersReply, Outcome, ProgressRequest, Uuid } from '@thimble/protocol';
import { Type } from 'typebox';
import { Counter } from 'prom-client';
import { approvalsOfOrders, TRUST_TOPIC, trustDesk } from '../approvals/index.ts';
import type { ServerContext } from '../context.ts';
import { agentOf, agentRoutes, bodyReader } from '../discover/index.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import type { OrderKeyChain } from '../keys/index.ts';
import { recordOutcome } from './record-outcome.ts';
import { recordProgress } from './record-progress.ts';

/** A transaction of 10,000 changes is about 5 MB, a log's tail at most 6.5 MB. */
const OUTCOME_BYTES = 24 * 1024 * 1024;
const PROGRESS_BYTES = 4 * 1024 * 1024;
const OrderParameters = Type.Object({ id: Uuid });

/** What an endpoint does with its orders: fetch, tell how far they are, tell how they ended. */
export async function registerAgentOrders(app: App, context: ServerContext): Promise<void> {
  const readProgress = bodyReader(ProgressRequest, PROGRESS_BYTES);
  const readOutcome = bodyReader(Outcome, OUTCOME_BYTES);
  const outcomes = new Counter({
    name: 'thimble_outcomes_total',
    help: 'Outcomes of orders that were recorded.',
    labelNames: ['order', 'result'],
    registers: [context.metrics],
  });
  const defineFetch = (scope: App): void => {
    scope.get(
      '/orders',
      {
        config: { access: 'agent', quiet: true },
        schema: {
          querystring: Type.Object({ wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 3600 })) }),
          response: { 200: OrdersReply },
        },
      },
      async (request, reply) => {
        const sender = agentOf(request);
        const waitMs =
          Math.min(request.query.wait ?? 0, LIMITS.heldRequestSeconds, context.settings.heldRequestS) * 1000;
        const gone = new AbortController();
        const hangUp = (): void => gone.abort();
        reply.raw.once('close', hangUp);
        try {
          return await holdForOrders(context, sender, waitMs, gone.signal);
        } finally {
          reply.raw.off('close', hangUp);
          if (gone.signal.aborted)
            await context.database.pool.query('update heartbeat set held_until = null where endpoint_id = $1', [
              sender.endpointId,
            ]);
        }
      },
    );
  };
  // Also while it waits to be let in: its request is held, and answered when that is decided.
  await agentRoutes(app, context, defineFetch, 'known');
  await agentRoutes(app, context, (scope) => {
    scope.post(
      '/orders/:id/progress',
      {
        config: { access: 'agent', quiet: true },
        bodyLimit: PROGRESS_BYTES,
        schema: { params: OrderParameters, body: ProgressRequest },
      },
      async (request, reply) => {
        const { events } = await readProgress(request);
        await recordProgress(context, agentOf(request), request.params.id, events);
        return reply.code(204).send();
      },
    );
    scope.put(
      '/orders/:id/outcome',
      {
        config: { access: 'agent' },
        bodyLimit: OUTCOME_BYTES,
        schema: { params: OrderParameters, body: Outcome },
      },
      async (request, reply) => {
        const outcome = await readOutcome(request);
        if (outcome.orderId !== request.params.id)
          throw new HttpProblem(422, 'invalid-document', { detail: 'The outcome names another order than the path.' });
        const recorded = await recordOutcome(context, agentOf(request), outcome);
        if (recorded !== undefined) outcomes.inc({ order: recorded.kind, result: outcome.result.kind });
        return reply.code(204).send();
      },
    );
  });
}

interface Sender {
  readonly endpointId: string;
  readonly organisationId: string;
}

/** No database connection is held while it waits; whatever replica signs the order, its commit wakes this one. */
async function holdForOrders(
  context: ServerContext,
  sender: Sender,
  waitMs: number,
  gone: AbortSignal,
): Promise<OrdersReply> {
  const { endpointId, organisationId } = sender;
  if (waitMs === 0) return takeOrders(context, sender, true);
  const until = performance.now() + waitMs;
  for (;;) {
    const round = new AbortController();
    const signal = AbortSignal.any([gone, context.stopping, round.signal]);
    const left = Math.max(0, until - performance.now());
    const woken = Promise.race([
      context.events.waitFor('orders', endpointId, left, signal),
      context.events.waitFor(TRUST_TOPIC, organisationId, left, signal),
    ]);
    const reply = await takeOrders(context, sender, false);
    if (reply.orders.length > 0 || reply.cancellations.length > 0 || reply.trust !== undefined) {
      round.abort();
      return reply;
    }
    const event = await woken;
    // The other of the two is waited for no longer.
    round.abort();
    if (event === undefined) return { orders: [], cancellations: [] };
  }
}

const ORDERS_AT_ONCE = 16;
/** A reply may be lost on its way: an order that is to stop and is still under way is told so again. */
const CANCEL_AGAIN_MS = 60_000;
/** None for an endpoint that waits to be let in. */
const OPEN = `endpoint_id = $1 and outcome_at is null and closed_at is null and exists (
  select from endpoint e where e.id = $1 and e.admission = 'admitted')`;
/** In quarantine it hears which of those that it has are to stop, and gets none. */
const FREE = `not exists (select from endpoint e where e.id = $1 and e.quarantined_at is not null)`;
/** What was signed before an emergency stop is not handed out while it holds. */
const NOT_STOPPED = `not exists (select from emergency_halt h where h.organisation_id = endpoint_order.organisation_id
  and h.state = 'in-force' and h.action = 'stop')`;

/**
 * What the endpoint shall have. Fetching takes the rows' locks, so an order that is being withdrawn is fetched or
 * withdrawn, never both. A held request gets nothing when there is no news: an order under way would end it at once.
 */
async function takeOrders(context: ServerContext, sender: Sender, always: boolean): Promise<OrdersReply> {
  const { pool, kysely } = context.database;
  const { endpointId } = sender;
  const now = context.clock();
  const fresh = await pool.query<{ id: string; organisation_id: string; run_id: string | null }>(
    `update endpoint_order set delivered_at = coalesce(delivered_at, $2), redeliver = false
     where ${OPEN} and ${FREE} and (delivered_at is null or redeliver) and expires_at > $2 and ${NOT_STOPPED} returning id, organisation_id, run_id`,
    [endpointId, now],
  );
  const cancelled = await pool.query<{ id: string }>(
    `update endpoint_order set cancel_delivered_at = $2
     where ${OPEN} and cancel_requested_at is not null
       and (cancel_delivered_at is null or cancel_delivered_at < $3) returning id`,
    [endpointId, now, new Date(now.getTime() - CANCEL_AGAIN_MS)],
  );
  const desk = trustDesk(context);
  const news = fresh.rows.length + cancelled.rows.length > 0 || (await desk.isBehind(sender));
  if (!news && !always) return { orders: [], cancellations: [] };
  const open = await pool.query<{ id: string; envelope: Envelope; cancelled: boolean; free: boolean }>(
    `select id, envelope, cancel_requested_at is not null as cancelled, ${FREE} as free from endpoint_order
     where ${OPEN} and delivered_at is not null order by generation limit ${ORDERS_AT_ONCE}`,
    [endpointId],
  );
  for (const { organisation_id: organisationId, run_id: runId } of fresh.rows)
    if (runId !== null)
      await context.events.publish({ organisationId, topic: 'run', key: runId, live: { kind: 'run-changed', runId } });
  const orders = open.rows.filter(({ free }) => free);
  const orderIds = orders.map(({ id }) => id);
  const approvals = await approvalsOfOrders(kysely, sender.organisationId, orderIds);
  const trust = await desk.beside(sender);
  const chain = await context.orderKeys.chain();
  return {
    orders: orders.map(({ envelope }) => envelope).filter((envelope) => !countsNoMore(envelope, chain)),
    cancellations: open.rows.filter((order) => order.cancelled).map(({ id }) => id),
    ...(approvals.length === 0 ? {} : { approvals }),
    ...(trust === undefined ? {} : { trust }),
  };
}

/** An order of a key that counts no more may be finished by its endpoint; it is not offered again, as that would be refused. */
function countsNoMore({ signatures }: Envelope, { keys, ever }: OrderKeyChain): boolean {
  const isOver = (keyid: string): boolean =>
    ever.some((key) => key.keyid === keyid) && !keys.some((key) => key.keyid === keyid);
  return signatures.every(({ keyid }) => isOver(keyid));
}
