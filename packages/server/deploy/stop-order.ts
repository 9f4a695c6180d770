import type { OrderKind } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { refreshEndpoint, scheduleFindings } from '../assess/index.ts';
import type { ServerContext } from '../context.ts';
import type { NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';

/** Whose order it is, and on whose decision it ends. */
export interface OrderEnd {
  readonly organisationId: string;
  readonly runId: string | null;
  readonly endpointId: string;
  readonly orderId: string;
  readonly actor: string;
  /** Why, for the record; left out: people wanted it so. */
  readonly because?: string;
}

/**
 * Withdraws an order that its endpoint has not fetched, else asks the endpoint to stop. The row's lock decides between the one who
 * stops and the endpoint that fetches: one of them comes first.
 */
export async function stopOrder(
  within: Kysely<Tables>,
  context: ServerContext,
  order: OrderEnd,
): Promise<readonly NewEvidence[]> {
  const now = context.clock();
  const { orderId, endpointId, organisationId } = order;
  const withdrawn = await sql<{ kind: OrderKind }>`
    update endpoint_order set cancel_requested_at = ${now}, closed_at = ${now}, closed_reason = 'cancelled'
    where id = ${orderId} and delivered_at is null and outcome_at is null and closed_at is null returning kind`.execute(
    within,
  );
  if (withdrawn.rows.length > 0) {
    await afterEnd(within, context, endpointId, withdrawn.rows[0]?.kind);
    return [cancelled(context, order, 'withdrawn before the endpoint fetched it')];
  }
  const asked = await sql`
    update endpoint_order set cancel_requested_at = ${now}
    where id = ${orderId} and outcome_at is null and closed_at is null and cancel_requested_at is null
    returning id`.execute(within);
  if (asked.rows.length === 0) return [];
  await context.events.publish({ organisationId, topic: 'orders', key: endpointId }, within);
  return [cancelled(context, order, 'the endpoint is asked to stop before its point of no return')];
}

/** What is shown of an endpoint changes with the orders that change it; a run over thousands is mostly plans, which do not. */
export async function afterEnd(
  within: Kysely<Tables>,
  context: ServerContext,
  endpointId: string,
  kind: OrderKind | undefined,
): Promise<void> {
  if (kind === undefined || kind === 'plan' || kind === 'scan' || isAhead(kind)) return;
  await scheduleFindings(within, endpointId);
  await refreshEndpoint(within, context, endpointId);
}

/** Orders that change nothing of what is installed or runs. */
export function isAhead(kind: OrderKind): boolean {
  return kind === 'pre-stage' || kind === 'trial';
}

export function cancelled(context: ServerContext, order: OrderEnd, summary: string): NewEvidence {
  const { organisationId, actor, runId, endpointId, orderId, because } = order;
  return {
    organisationId,
    at: context.clock(),
    kind: 'order-cancelled',
    actor,
    runId,
    endpointId,
    summary: `order ${summary}${because === undefined ? '' : `: ${because}`}`,
    detail: { orderId },
  };
}
