import {
  acknowledge,
  advance,
  begin,
  finish,
  forgetCancellations,
  givenUp,
  heedCancellations,
  judgeOpened,
  OPEN_GATE,
  reject,
  reopening,
  undelivered,
} from '@thimble/agent-core';
import type { Order, Outcome, OutcomeResult } from '@thimble/protocol';
import { digestOf, ORGANISATION_ID } from '../identity.ts';
import type { Steps } from '../steps.ts';
import { execute, type Execution } from './execute.ts';
import { DiskFull } from './journal.ts';
import type { OrdersReply } from './server-api.ts';

/** The order desk of one process: what it has in memory besides the journal. Like `@thimble/agent`'s, over the same decisions. */
export interface Desk {
  /** @throws Crash, DiskFull */
  take(reply: OrdersReply): { readonly news: boolean };
  readonly hasWork: boolean;
  /** Until one order has its outcome. */
  work(): Steps<void>;
  readonly undelivered: readonly string[];
  outcomeOf(orderId: string): Outcome | null;
  delivered(orderId: string): void;
}

/** How an agent can be wrong, for tests of the checkers: see `mutations`. */
export interface AgentFlaws {
  readonly acceptsOldGenerations?: boolean;
  readonly ignoresExpiry?: boolean;
  readonly beginsAgainAfterCrash?: boolean;
}

export interface DeskWorld extends Omit<Execution, 'active' | 'isCancelled' | 'installing'> {
  readonly flaws: AgentFlaws;
  installing(orderId: string): void;
}

const RETRY_MS = 5000;

export function createDesk(world: DeskWorld): Desk {
  const { journal, machine, tell, flaws } = world;
  const endpointId = machine.id;
  let queue: readonly Order[] = [];
  let cancelled: ReadonlySet<string> = new Set();
  const again = new Set<string>();
  const nowMs = (): number => (flaws.ignoresExpiry === true ? 0 : world.nowMs());
  const timestamp = (): string => new Date(world.nowMs()).toISOString();

  function judge(order: Order): ReturnType<typeof judgeOpened> {
    return judgeOpened(order, {
      identity: { endpointId, organisationId: ORGANISATION_ID },
      journal:
        flaws.acceptsOldGenerations === true ? { ...journal.state, generation: -1, finished: [] } : journal.state,
      nowMs: nowMs(),
      digestOf,
      gate: OPEN_GATE,
    });
  }

  function take(reply: OrdersReply): { readonly news: boolean } {
    const heeded = heedCancellations(cancelled, reply);
    cancelled = heeded.cancelled;
    const before = journal.state.finished.length;
    const wanted: Order[] = [];
    for (const order of reply.orders) {
      const verdict = judge(order);
      if (verdict.kind === 'accept') wanted.push(order);
      else if (verdict.kind === 'refuse') refuse(verdict);
      else if (verdict.kind === 'reject') journal.commit(reject(journal.state, verdict.why));
      else if (journal.state.active?.orderId !== verdict.orderId) again.add(verdict.orderId);
    }
    const news = wanted.length > 0 && queue.length === 0 && journal.state.active === null;
    queue = wanted;
    const listing = { orderCount: reply.orders.length, cancellations: reply.cancellations };
    cancelled = forgetCancellations(cancelled, listing, journal.state.active?.orderId ?? null);
    return { news: heeded.news || news || journal.state.finished.length !== before };
  }

  function refuse({ orderId, generation, code, message }: Extract<ReturnType<typeof judge>, { kind: 'refuse' }>): void {
    const result: OutcomeResult = { kind: 'refused', code, message, difference: null, logTail: [] };
    end({ orderId, generation, startedAt: timestamp() }, result);
  }

  function end(order: Pick<Outcome, 'orderId' | 'generation' | 'startedAt'>, result: OutcomeResult): void {
    const { orderId, generation, startedAt } = order;
    const next = finish(journal.state, { orderId, generation });
    journal.outcomes.set(orderId, { format: 1, orderId, generation, startedAt, endedAt: timestamp(), result });
    journal.commit(next);
    cancelled = new Set([...cancelled].filter((other) => other !== orderId));
  }

  function accept(): Order | null {
    const [order, ...rest] = queue;
    queue = rest;
    if (order === undefined) return null;
    const verdict = judge(order);
    if (verdict.kind === 'refuse') refuse(verdict);
    if (verdict.kind !== 'accept') return null;
    const { id: orderId, generation, body } = order;
    const startedAt = timestamp();
    if (cancelled.has(orderId)) {
      end({ orderId, generation, startedAt }, { kind: 'cancelled', stage: 'accepted' });
      return null;
    }
    const active = { orderId, generation, kind: body.kind, startedAt, starts: 0, checkpoint: null, reboot: null };
    const next = begin(journal.state, { ...active, stage: 'accepted' });
    journal.orders.set(orderId, order);
    journal.commit(next);
    tell({ kind: 'accepted', endpointId, orderId, generation });
    return order;
  }

  function reopen(): Order | null {
    const { active } = journal.state;
    if (active === null) return null;
    const known = flaws.beginsAgainAfterCrash === true ? { ...active, checkpoint: null } : active;
    const next = reopening(known, journal.orders.get(active.orderId) ?? null, nowMs(), null);
    if (next.kind === 'go-on') return next.order;
    end(active, next.result);
    return null;
  }

  function* work(): Steps<void> {
    const order = journal.state.active === null ? accept() : reopen();
    if (order === null) return;
    const result = yield* attempt(order);
    const { active } = journal.state;
    if (active !== null) end(active, result);
  }

  function* attempt(order: Order): Steps<OutcomeResult> {
    for (;;) {
      const { active } = journal.state;
      if (active === null) throw new Error('the active order is gone');
      const given = givenUp(active);
      if (given !== null) return given;
      journal.commit(advance(journal.state, { starts: active.starts + 1 }));
      try {
        return yield* execute(order, {
          ...world,
          nowMs,
          active: flaws.beginsAgainAfterCrash === true ? { ...active, checkpoint: null } : active,
          isCancelled: () => cancelled.has(order.id),
          installing: () => world.installing(order.id),
        });
      } catch (error) {
        if (!(error instanceof DiskFull)) throw error;
        if (journal.state.active?.checkpoint === null)
          return { kind: 'refused', code: 'disk-full', message: error.message, difference: null, logTail: [] };
        yield RETRY_MS;
      }
    }
  }

  return {
    take,
    work,
    get hasWork() {
      return journal.state.active !== null || queue.length > 0;
    },
    get undelivered() {
      return undelivered(journal.state, again).map(({ orderId }) => orderId);
    },
    outcomeOf: (orderId) => journal.outcomes.get(orderId) ?? null,
    delivered(orderId) {
      again.delete(orderId);
      const next = acknowledge(journal.state, orderId);
      if (next === null) return;
      journal.commit(next.state);
      for (const old of next.forgotten) journal.outcomes.delete(old);
    },
  };
}
