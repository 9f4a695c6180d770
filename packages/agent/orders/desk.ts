import { createHash } from 'node:crypto';
import {
  failedResult,
  forgetCancellations,
  givenUp,
  heedCancellations,
  isCommitted,
  haltReason,
  reopening,
  undelivered,
  type Verdict,
} from '@thimble/agent-core';
import { HostError, type Task } from '@thimble/drivers';
import type {
  Envelope,
  Order,
  OrderBody,
  OrdersReply,
  Outcome,
  OutcomeResult,
  SignedStatement,
} from '@thimble/protocol';
import { AgentError } from '../agent-error.ts';
import { ServerFailure } from '../connection/server-failure.ts';
import type { AgentContext } from '../context.ts';
import { executeOrder } from './execute.ts';
import { judgeOrder, reopenOrder, verifyingKeys } from './judge.ts';
import { forgetSteps, settleSteps, withFailedSteps } from '../deploy/begun-steps.ts';
import { createProgressReporter } from './progress.ts';
import { endOfUse } from './use-end.ts';

/** Takes orders in, executes them one after another, and hands out their outcomes. */
export interface OrderDesk {
  /** Judges what the server sent. Everything that it decides is durable when it resolves. */
  take(reply: OrdersReply): Promise<void>;
  /** Only what a reply says about orders that shall end. @returns whether one was not known. */
  heedCancellations(reply: Pick<OrdersReply, 'cancellations'>): boolean;
  /** An order is to be begun or taken up again. */
  readonly hasWork: boolean;
  /**
   * Works on one order until it has its outcome, or until `stop` fires: before the point of no return the order is then
   * begun again by the next agent, after it the installation goes on by itself and the next agent takes it up.
   */
  work(stop: AbortSignal): Promise<void>;
  /** Sends outcomes that the server has not acknowledged. @throws ServerFailure */
  deliver(): Promise<void>;
  readonly undelivered: number;
  /** The order under way waits for people, and nothing else is to be done. */
  readonly isWaiting: boolean;
  /** After the point of no return: what is under way must not be waited for, nor disturbed. */
  readonly committed: boolean;
}

const RESUME_DELAY_MS = 5000;
/** Envelopes that were rejected are counted once, although the server may offer them again and again. */
const MAX_REMEMBERED = 1000;
/** No more orders are taken while so many outcomes wait for the server. */
const MAX_UNDELIVERED = 128;

export function createOrderDesk(context: AgentContext, scan: (task: Task) => Promise<void>): OrderDesk {
  const { journal, identity, trust, clock, log, server } = context;
  const rejected = new Set<string>();
  let cancelled: ReadonlySet<string> = new Set();
  let queue: Envelope[] = [];
  /** What came beside the orders of the queue. */
  let approvals: readonly SignedStatement[] = [];
  let running: { readonly order: Order; readonly cancel: AbortController } | null = null;
  const again = new Set<string>();
  let putOff: string | null = null;

  const nowMs = () => clock.now() + server.clockOffsetMs;
  const timestamp = () => new Date(nowMs()).toISOString();
  const gate = () => trust.gate(approvals, nowMs());
  const judge = (envelope: Envelope) =>
    judgeOrder(envelope, {
      identity,
      keys: verifyingKeys(trust.orderKeys),
      journal: journal.state,
      nowMs: nowMs(),
      gate: gate(),
    });
  const waiting = () => undelivered(journal.state, again);

  /** An order that a reply listed while it was being begun stands in the queue still, and is nobody's newer one. */
  const newerWaits = () => queue.some((envelope) => judge(envelope).kind !== 'known');

  /** Looked at already by this agent: after a start it has work first. */
  const isWaiting = () => {
    const { active } = journal.state;
    const isAsked = active !== null && active.orderId === putOff && active.stage === 'waiting-for-consent';
    return isAsked && !newerWaits() && !cancelled.has(active.orderId) && haltReason(trust.state) === null;
  };

  /** A report of what is here harms nobody. */
  const isStopped = ({ body }: Order) => body.kind !== 'scan' && haltReason(trust.state) !== null;
  trust.onStop(() => {
    if (running !== null && isStopped(running.order)) running.cancel.abort();
  });

  async function take(reply: OrdersReply): Promise<void> {
    heed(reply);
    await trust.heed(reply.trust);
    approvals = reply.approvals ?? [];
    const wanted: Envelope[] = [];
    for (const envelope of reply.orders) {
      const verdict = judge(envelope);
      if (verdict.kind === 'accept') wanted.push(envelope);
      // A refusal raises the watermark: before the orders that wait, it would make them stale.
      else if (verdict.kind === 'refuse' && wanted.length > 0) wanted.push(envelope);
      else if (verdict.kind === 'refuse') await refuse(verdict);
      else if (verdict.kind === 'reject') await reject(envelope, verdict.why, verdict.message);
      // The server lists only orders without an outcome: it has lost ours, or never got it.
      else if (journal.state.active?.orderId !== verdict.orderId) again.add(verdict.orderId);
    }
    // What the server does not list any more was withdrawn.
    queue = wanted;
    const listing = { orderCount: reply.orders.length, cancellations: reply.cancellations };
    cancelled = forgetCancellations(cancelled, listing, journal.state.active?.orderId ?? null);
  }

  function heed(reply: Pick<OrdersReply, 'cancellations'>): boolean {
    const heeded = heedCancellations(cancelled, reply);
    cancelled = heeded.cancelled;
    if (running !== null && cancelled.has(running.order.id)) running.cancel.abort();
    return heeded.news;
  }

  async function reject(envelope: Envelope, why: 'bad-signature' | 'wrong-endpoint' | 'malformed', message: string) {
    const print = createHash('sha256').update(JSON.stringify(envelope)).digest('hex');
    if (rejected.has(print)) return;
    if (rejected.size >= MAX_REMEMBERED) rejected.clear();
    rejected.add(print);
    log.error(`an order was not accepted (${why}): ${message}`);
    await journal.reject(why);
  }

  async function refuse(verdict: Extract<Verdict, { kind: 'refuse' }>): Promise<void> {
    const { orderId, generation, code, message } = verdict;
    log.warn(`order ${orderId} refused (${code}): ${message}`);
    const result: OutcomeResult = { kind: 'refused', code, message, difference: null, logTail: [] };
    const at = timestamp();
    await journal.finish({ format: 1, orderId, generation, startedAt: at, endedAt: at, result });
  }

  async function begin(): Promise<Order | null> {
    const envelope = queue.shift();
    if (envelope === undefined || waiting().length >= MAX_UNDELIVERED) return null;
    // Judged again: time has passed, and the order before it raised the watermark.
    const verdict = judge(envelope);
    if (verdict.kind === 'refuse') await refuse(verdict);
    if (verdict.kind !== 'accept') return null;
    const { id: orderId, generation, body } = verdict.order;
    const startedAt = timestamp();
    if (cancelled.has(orderId)) {
      const result: OutcomeResult = { kind: 'cancelled', stage: 'accepted' };
      await journal.finish({ format: 1, orderId, generation, startedAt, endedAt: startedAt, result });
      return null;
    }
    log.info(`order ${orderId} accepted: ${body.kind}, generation ${generation}`);
    await journal.begin(
      { orderId, generation, kind: body.kind, startedAt, stage: 'accepted', starts: 0, checkpoint: null, reboot: null },
      envelope,
      verdict.use === null ? null : { use: verdict.use, earliestMs: gate().earliestMs },
    );
    return verdict.order;
  }

  async function work(stop: AbortSignal): Promise<void> {
    const order = journal.state.active === null ? await begin() : await reopen(stop);
    if (order === null || stop.aborted) return;
    const cancel = new AbortController();
    // Also a stop that came while the order was being begun.
    if (cancelled.has(order.id) || isStopped(order)) cancel.abort();
    running = { order, cancel };
    try {
      const result = await attempt(order, cancel.signal, stop);
      if (result === null) return;
      await finish(order.id, order.body, whyItEnded(order, result), stop);
    } finally {
      running = null;
    }
  }

  /** The active order from the disk; null when it ended because it can't be gone on with. */
  async function reopen(stop: AbortSignal): Promise<Order | null> {
    const { active } = journal.state;
    if (active === null) return null;
    const envelope = await journal.envelope(active.orderId);
    const order = envelope === null ? null : reopenOrder(envelope, verifyingKeys(trust.knownOrderKeys));
    const next = reopening(active, order, nowMs(), haltReason(trust.state));
    if (next.kind === 'end') {
      await finish(active.orderId, order?.body ?? null, next.result, stop);
      return null;
    }
    if (putOff !== active.orderId)
      log.info(`order ${active.orderId} is taken up again (${active.kind}, ${active.stage})`);
    return next.order;
  }

  /** @returns null when the agent is to stop and the order goes on later. */
  async function attempt(order: Order, cancel: AbortSignal, stop: AbortSignal): Promise<OutcomeResult | null> {
    for (;;) {
      const { active } = journal.state;
      if (active === null) throw new Error('the active order is gone');
      const end = givenUp(active);
      if (end !== null) return end;
      await journal.advance({ starts: active.starts + 1 });
      try {
        const result = await once(order, cancel, stop);
        // Stopped, not cancelled: nothing was changed, and the next agent begins again.
        return result?.kind === 'cancelled' && stop.aborted && !cancel.aborted ? null : result;
      } catch (error) {
        if (stop.aborted) return null;
        log.error(`order ${order.id}: ${(error as Error).stack ?? String(error)}`);
        if (!context.journal.state.active?.checkpoint) return broken(error);
        await clock.sleep(RESUME_DELAY_MS, stop);
        if (stop.aborted) return null;
      }
    }
  }

  async function once(order: Order, cancel: AbortSignal, stop: AbortSignal): Promise<OutcomeResult | null> {
    const { active } = journal.state;
    if (active === null) throw new Error('the active order is gone');
    const reporter = createProgressReporter(order.id, clock, nowMs, (id, events) => server.progress(id, events));
    reporter.report({ stage: active.stage, percent: null, message: `${order.body.kind} begins` });
    try {
      return await executeOrder(order, {
        ...context,
        signal: AbortSignal.any([cancel, stop]),
        stop,
        active,
        isCommitted: () => isCommitted(journal.state),
        openGateway: context.openGateway,
        scan,
        nowMs,
        sleep: (durationMs, until) => clock.sleep(durationMs, until),
        progress: (step) => reporter.report(step),
        checkpoint: (checkpoint) => journal.advance({ checkpoint, stage: 'installing' }),
        waiting: async () => {
          await journal.advance({ stage: 'waiting-for-consent', starts: 0 });
          putOff = order.id;
        },
        newerWaits,
        rebootRequested: (reboot) => journal.advance({ reboot, stage: 'rebooting' }),
      });
    } finally {
      await reporter.flush();
    }
  }

  /** Nobody cancelled it: it ended with everything else. */
  function whyItEnded({ id }: Order, result: OutcomeResult): OutcomeResult {
    const halted = haltReason(trust.state);
    if (result.kind !== 'cancelled' || halted === null || cancelled.has(id)) return result;
    const message = `it was stopped before it changed anything: ${halted}`;
    return { kind: 'refused', code: 'halted', message, difference: null, logTail: [] };
  }

  function broken(error: unknown): OutcomeResult {
    const message = (error as Error).message;
    const full = (error instanceof HostError || error instanceof AgentError) && error.code === 'disk-full';
    return full
      ? { kind: 'refused', code: 'disk-full', message, difference: null, logTail: [] }
      : failedResult('internal', message, journal.state.active);
  }

  /** However it ends, and whatever ended it: the steps after are done first. */
  async function finish(orderId: string, body: OrderBody | null, how: OutcomeResult, stop: AbortSignal): Promise<void> {
    const { active } = journal.state;
    if (active === null) throw new Error('the active order is gone');
    const { generation, startedAt } = active;
    const steps = { orderId, host: context.host, deployFolder: context.deployFolder, stop };
    const after = await settleSteps(steps);
    if (after === null) return;
    const result = withFailedSteps(how, after);
    const outcome: Outcome = { format: 1, orderId, generation, startedAt, endedAt: timestamp(), result };
    await journal.finish(outcome, endOfUse(body, result));
    await forgetSteps(steps);
    cancelled = new Set([...cancelled].filter((other) => other !== orderId));
    log.info(`order ${orderId} ended: ${result.kind}${'code' in result ? ` (${result.code}): ${result.message}` : ''}`);
  }

  async function deliverOne(orderId: string): Promise<void> {
    const said = await server.outcome((await journal.outcome(orderId)) ?? lost(orderId));
    if (said !== 'recorded') log.warn(`the server keeps no outcome of order ${orderId} from here: ${said}`);
    again.delete(orderId);
    await journal.acknowledge(orderId);
  }

  /** The order had an outcome, and its file is gone: an order without any would stay open at the server for ever. */
  function lost(orderId: string): Outcome {
    log.error(`the outcome of order ${orderId} is lost`);
    const generation = journal.state.finished.find((entry) => entry.orderId === orderId)?.generation ?? 0;
    const message = 'the order ended, and its outcome was lost on this endpoint: what it did is not known';
    const result = failedResult('internal', message, null);
    const at = timestamp();
    return { format: 1, orderId, generation, startedAt: at, endedAt: at, result };
  }

  async function deliver(): Promise<void> {
    let trouble: unknown;
    for (const { orderId } of waiting()) {
      try {
        await deliverOne(orderId);
      } catch (error) {
        // One that the server does not take, or that is damaged, must not keep the others back.
        const itsOwn = error instanceof AgentError || (error instanceof ServerFailure && error.code === 'refused');
        if (!itsOwn) throw error;
        trouble ??= error;
      }
    }
    if (trouble !== undefined) throw trouble;
  }

  return {
    take,
    heedCancellations: heed,
    work,
    deliver,
    get hasWork() {
      return (journal.state.active !== null && !isWaiting()) || newerWaits();
    },
    get isWaiting() {
      return isWaiting();
    },
    get undelivered() {
      return waiting().length;
    },
    get committed() {
      return isCommitted(journal.state);
    },
  };
}
