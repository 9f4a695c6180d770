import type { RefusalCode } from '@thimble/protocol';
import type { OrderFacts, RunFacts } from './facts.ts';

/** The endpoint had not heard yet that a stop is over or that approvers signed: it refused what the order asks for only for now. */
const FOR_NOW: ReadonlySet<RefusalCode> = new Set(['halted', 'approval-missing']);
/** Orders of one kind that are forgiven; an endpoint that goes on like that means it. */
const FORGIVEN = 3;

/** Whether an order changed nothing and is given again, because what it was refused for is over by itself. */
export function isTurnedAway(order: OrderFacts, orders: readonly OrderFacts[]): boolean {
  const same = orders.filter((each) => each.kind === order.kind && isRefusedForNow(each));
  const at = same.indexOf(order);
  return at >= 0 && at < FORGIVEN;
}

/** An endpoint hears news at its next check-in at the latest: before that it would refuse again. */
export function isHeardOf(order: OrderFacts, run: Pick<RunFacts, 'checkInIntervalMs'>, nowMs: number): boolean {
  return nowMs >= (order.resultAtMs ?? order.issuedAtMs) + run.checkInIntervalMs;
}

function isRefusedForNow({ result }: OrderFacts): boolean {
  return result?.kind === 'refused' && FOR_NOW.has(result.code);
}
