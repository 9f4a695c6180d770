import type { Order, OutcomeResult } from '@thimble/protocol';
import { isCommitted, type ActiveOrder } from './journal-state.ts';

/** An order whose work began so often without an end is given up: it may be what kills the agent. */
const MAX_STARTS = 8;

/**
 * Whether the order that was under way when the agent ended is gone on with. After its point of no return it always is, however
 * late: what was begun is finished. Before it, nothing was changed, and an order that may not begin any more is refused.
 * Neither does it begin while everything is stopped here (`halted`: why).
 * `order`: as read from this endpoint's own disk; null: it is no longer readable.
 */
export function reopening(
  active: ActiveOrder,
  order: Order | null,
  nowMs: number,
  halted: string | null,
): { readonly kind: 'go-on'; readonly order: Order } | { readonly kind: 'end'; readonly result: OutcomeResult } {
  if (order === null || order.id !== active.orderId)
    return {
      kind: 'end',
      result: failedResult('internal', 'the accepted order is no longer readable on this endpoint', active),
    };
  if (halted !== null && !isCommitted({ active })) {
    const message = `it was stopped before it changed anything: ${halted}`;
    return { kind: 'end', result: { kind: 'refused', code: 'halted', message, difference: null, logTail: [] } };
  }
  // People may take their time: it began when they were asked.
  const asks = active.stage === 'waiting-for-consent';
  if (!asks && !isCommitted({ active }) && nowMs > Date.parse(order.expiresAt)) {
    const message = `it was interrupted before it changed anything, and was to begin before ${order.expiresAt}`;
    return { kind: 'end', result: { kind: 'refused', code: 'expired', message, difference: null, logTail: [] } };
  }
  return { kind: 'go-on', order };
}

/** Whether work on the active order may begin once more; null: it may. */
export function givenUp(active: ActiveOrder): OutcomeResult | null {
  if (active.starts < MAX_STARTS) return null;
  return failedResult('interrupted', `work on this order began ${MAX_STARTS} times and never came to its end`, active);
}

/** What is known of an order that did not end by itself. */
export function failedResult(
  code: 'internal' | 'interrupted',
  message: string,
  active: Pick<ActiveOrder, 'stage' | 'checkpoint'> | null,
): Extract<OutcomeResult, { kind: 'failed' }> {
  return {
    kind: 'failed',
    code,
    message: message.slice(0, 4000),
    stage: active?.stage ?? 'accepted',
    verification: null,
    logTail: [],
    kept: [...(active?.checkpoint?.kept ?? [])],
  };
}
