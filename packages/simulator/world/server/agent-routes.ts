import type { Order, Outcome } from '@thimble/protocol';
import { outcomeFacts } from '@thimble/rollouts';
import type { CheckInBody, OrdersReply, ServerApi } from '../agent/server-api.ts';
import type { Answer } from '../network.ts';
import type { Scenario, ScenarioEndpoint } from '../scenario/scenario.ts';
import type { Timeline } from '../timeline.ts';
import type { Tell } from '../world-event.ts';
import { advanceTargets, orderOf } from './advance-targets.ts';
import { versionsOf } from './blocks.ts';
import type { Database, Transaction } from './database.ts';
import { putOrder } from './issue-order.ts';
import type { OrderRow, Rows } from './rows.ts';
import type { ServerFlaws } from './flaws.ts';

/** What agents ask of a replica, as the server's `deploy/agent-orders`, `record-outcome` and `record-progress` answer it. */
export interface RoutesWorld {
  readonly timeline: Timeline;
  readonly database: Database;
  readonly scenario: Scenario;
  readonly flaws: ServerFlaws;
  readonly tell: Tell;
  tryTransaction(work: (transaction: Transaction, rows: Rows) => void): boolean;
  isUp(): boolean;
  /** Changes with each start: a request that was held before is gone. */
  life(): number;
  wake(endpointIds: readonly string[]): void;
  changed(): void;
}

export interface AgentRoutes extends ServerApi {
  /** Whoever holds a request of these endpoints looks again. */
  woken(endpointIds: readonly string[]): void;
}

/** A reply may be lost on its way: an order that is to stop and is still under way is told so again. */
const CANCEL_AGAIN_MS = 60_000;

export function createAgentRoutes(world: RoutesWorld): AgentRoutes {
  const { timeline, database, scenario, tell } = world;
  const { rows } = database;
  const held = new Map<string, { readonly life: number; look(last: boolean): boolean }>();
  const endpointOf = new Map<string, ScenarioEndpoint>(scenario.endpoints.map((each) => [each.id, each]));

  function seen(endpointId: string): void {
    const endpoint = rows.endpoints.get(endpointId);
    if (endpoint === undefined) return;
    // A heartbeat of its own: it is not part of anybody's transaction, and losing it is no harm.
    rows.endpoints.set(endpointId, { ...endpoint, lastSeenAtMs: timeline.nowMs });
    tell({ kind: 'heard', endpointId });
  }

  function takeOrders(endpointId: string): OrdersReply | null {
    let reply: OrdersReply | null = null;
    const ok = world.tryTransaction((transaction) => {
      const nowMs = timeline.nowMs;
      const isOpen = ({ result, closed }: OrderRow): boolean => result === null && closed === null;
      const orders = rows.orders.get(endpointId) ?? [];
      let news = false;
      const after = orders.map((order): OrderRow => {
        if (!isOpen(order)) return order;
        const fresh = (order.deliveredAtMs === null || order.redeliver) && order.expiresAtMs > nowMs;
        const cancel =
          order.cancelRequestedAtMs !== null && (order.cancelDeliveredAtMs ?? -Infinity) < nowMs - CANCEL_AGAIN_MS;
        if (!fresh && !cancel) return order;
        news = true;
        if (fresh) transaction.tell({ kind: 'fetched', endpointId, orderId: order.id });
        return {
          ...order,
          ...(fresh ? { deliveredAtMs: order.deliveredAtMs ?? nowMs, redeliver: false } : {}),
          ...(cancel ? { cancelDeliveredAtMs: nowMs } : {}),
        };
      });
      if (news) transaction.put('orders', endpointId, after);
      // Nothing new does not end a request that is held: an order under way would end it at once.
      if (!news) return;
      const open = after.filter((order) => isOpen(order) && order.deliveredAtMs !== null);
      reply = {
        orders: open.map(({ order }): Order => order),
        cancellations: open.filter(({ cancelRequestedAtMs }) => cancelRequestedAtMs !== null).map(({ id }) => id),
        serverTimeMs: nowMs,
      };
    });
    return ok ? reply : null;
  }

  /** What was fetched and of which the endpoint shows no trace was lost on the way. */
  function offerAgain(endpointId: string, { generation, activeOrders }: CheckInBody): void {
    const isLost = (order: OrderRow): boolean =>
      order.result === null &&
      order.closed === null &&
      order.deliveredAtMs !== null &&
      !order.redeliver &&
      order.generation > generation &&
      !activeOrders.includes(order.id);
    const all = rows.orders.get(endpointId) ?? [];
    if (!all.some(isLost)) return;
    world.tryTransaction((transaction) =>
      transaction.put(
        'orders',
        endpointId,
        all.map((order) => (isLost(order) ? { ...order, redeliver: true } : order)),
      ),
    );
  }

  function orders(endpointId: string, holdMs: number, answer: (answer: Answer<OrdersReply>) => void): void {
    const life = world.life();
    seen(endpointId);
    let open = true;
    const look = (last: boolean): boolean => {
      if (!open || world.life() !== life || !world.isUp()) return true;
      seen(endpointId);
      const reply = takeOrders(endpointId);
      if (reply === null && !last) return !world.isUp();
      open = false;
      answer({ kind: 'reply', reply: reply ?? { orders: [], cancellations: [], serverTimeMs: timeline.nowMs } });
      return true;
    };
    if (look(false)) return;
    held.set(endpointId, { life, look });
    timeline.in(holdMs, () => {
      if (world.life() !== life) answer({ kind: 'failed' });
      else look(true);
    });
  }

  function outcome(
    endpointId: string,
    given: Outcome,
    answer: (answer: Answer<{ readonly said: 'recorded' | 'kept' }>) => void,
  ): void {
    seen(endpointId);
    let said: 'recorded' | 'kept' = 'kept';
    const ok = world.tryTransaction((transaction) => {
      const order = orderOf(rows, endpointId, given.orderId);
      if (order === undefined || order.deliveredAtMs === null || order.generation !== given.generation) return;
      const print = JSON.stringify(given);
      const known = order.outcome === null ? null : JSON.stringify(order.outcome);
      if (known === print) said = 'recorded';
      if (known !== null && world.flaws.takesSecondOutcome !== true) return;
      said = 'recorded';
      record(rows, transaction, order, given);
      const endpoint = endpointOf.get(endpointId);
      if (endpoint !== undefined)
        advanceTargets({ rows, transaction, scenario, flaws: world.flaws, nowMs: timeline.nowMs }, [endpoint]);
    });
    if (!ok) {
      answer({ kind: 'failed' });
      return;
    }
    answer({ kind: 'reply', reply: { said } });
    world.wake([endpointId]);
    world.changed();
  }

  function record(from: Rows, transaction: Transaction, order: OrderRow, given: Outcome): void {
    const { endpointId } = order.order;
    const result = outcomeFacts(given.result);
    const ended: OrderRow = { ...order, outcome: given, result, resultAtMs: timeline.nowMs };
    const blocked =
      order.kind === 'plan' ? versionsOf(ended).filter((version) => from.blocks.has(version)) : order.blocked;
    putOrder(from, transaction, endpointId, { ...ended, blocked });
    const print = JSON.stringify(given);
    transaction.tell({ kind: 'recorded', endpointId, orderId: order.id, result, print });
  }

  return {
    orders(endpointId, holdMs, answer) {
      if (world.isUp()) orders(endpointId, holdMs, answer);
      else answer({ kind: 'failed' });
    },
    outcome(endpointId, given, answer) {
      if (world.isUp()) outcome(endpointId, given, answer);
      else answer({ kind: 'failed' });
    },
    checkIn(endpointId, body, answer) {
      if (!world.isUp()) {
        answer({ kind: 'failed' });
        return;
      }
      seen(endpointId);
      offerAgain(endpointId, body);
      answer({ kind: 'reply', reply: { intervalMs: scenario.checkInIntervalMs, serverTimeMs: timeline.nowMs } });
    },
    progress(endpointId, orderId) {
      const order = orderOf(rows, endpointId, orderId);
      if (!world.isUp() || order === undefined || order.result !== null) return;
      const progress = { stage: 'installing', percent: null, message: '' } as const;
      world.tryTransaction((transaction) => putOrder(rows, transaction, endpointId, { ...order, progress }));
    },
    woken(endpointIds) {
      for (const endpointId of endpointIds) {
        const waiting = held.get(endpointId);
        if (waiting?.look(false) === true) held.delete(endpointId);
      }
    },
  };
}
