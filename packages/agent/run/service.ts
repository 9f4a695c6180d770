import type { Task } from '@thimble/drivers';
import { LIMITS } from '@thimble/protocol';
import { ServerFailure } from '../connection/server-failure.ts';
import type { AgentContext } from '../context.ts';
import { checkIn } from '../documents/check-in.ts';
import { openDocuments, type Documents } from '../documents/documents.ts';
import { step, wakeAtMs, type AgentEvent, type AgentState, type Effect, type Failure } from '@thimble/agent-core';
import { createOrderDesk, type OrderDesk } from '../orders/desk.ts';
import { openAgent, type AgentOptions } from './open.ts';
import { renewSelf } from './renew.ts';
import { scan } from './scan.ts';
import { noteContact } from './status-file.ts';

export type EndReason = 'asked' | 'removed';

/**
 * The long-running agent: carries out the effects of the state machine until the signal fires or the server has
 * removed the endpoint. An installation that is under way runs in its own unit and is left alone.
 *
 * @throws AgentError when it can't start; what happens later is logged and tried again.
 */
export async function runAgent(options: AgentOptions & { readonly signal: AbortSignal }): Promise<EndReason> {
  const { context, close } = await openAgent(options);
  try {
    const { endpointId, serverUrl } = context.identity;
    context.log.info(`agent ${context.agent.version} of endpoint ${endpointId} serves ${serverUrl}`);
    if (!context.agent.privileged)
      context.log.warn('not running as root: this agent reports and plans, and changes nothing');
    return await serve(context, options.signal, options.refreshHours);
  } finally {
    await close();
  }
}

/** Just under what a server may hold a request, so that the two do not race. */
const HOLD_SECONDS = LIMITS.heldRequestSeconds - 5;
/** How long tasks may take to notice that the agent ends. */
const GRACE_MS = 5000;

export async function serve(context: AgentContext, signal: AbortSignal, refreshHours?: number): Promise<EndReason> {
  const { clock, journal, identity, log } = context;
  const documents = await openDocuments(context, refreshHours);
  const desk = createOrderDesk(context, (task) => scan(context, documents, task));
  const stop = new AbortController();
  const shell = createShell(context, documents, desk, stop.signal);
  const events: AgentEvent[] = [
    {
      kind: 'started',
      intervalMs: identity.checkInIntervalSeconds * 1000,
      ordersWait: journal.state.active !== null,
      undelivered: desk.undelivered,
    },
  ];
  let wake = new AbortController();
  const post = (event: AgentEvent) => {
    events.push(event);
    wake.abort();
  };
  signal.addEventListener('abort', () => post({ kind: 'stop' }), { once: true });
  if (signal.aborted) post({ kind: 'stop' });

  const tasks = new Set<Promise<void>>();
  let state: AgentState = { kind: 'unenrolled' };
  for (;;) {
    const event: AgentEvent = events.shift() ?? { kind: 'time-passed' };
    const next = step(state, event, { nowMs: clock.monotonic(), random: clock.random() });
    state = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'end') continue;
      const task = shell.carryOut(effect).then(
        (reported) => (reported === null ? undefined : post(reported)),
        (error: unknown) => log.error(`a bug: ${(error as Error).stack ?? String(error)}`),
      );
      tasks.add(task);
      void task.finally(() => tasks.delete(task));
    }
    if (state.kind === 'stopped') break;
    if (events.length > 0) continue;
    wake = new AbortController();
    const until = wakeAtMs(state);
    await clock.sleep(until === null ? MAX_SLEEP_MS : Math.max(0, until - clock.monotonic()), wake.signal);
  }
  stop.abort();
  // Whatever is committed goes on without us; the journal is closed after this.
  if (tasks.size > 0 && !desk.committed) await Promise.race([Promise.all(tasks), clock.sleep(GRACE_MS)]);
  if (state.why === 'removed') log.warn('the server has removed this endpoint: the agent ends');
  return state.why;
}

const WORK_RETRY_MS = 10_000;
/** Timers are checked at least so often, whatever a suspended machine's clocks do. */
const MAX_SLEEP_MS = 60_000;

interface Shell {
  /** @returns the event with which the effect ends; null: none. */
  carryOut(effect: Exclude<Effect, { kind: 'end' }>): Promise<AgentEvent | null>;
}

function createShell(context: AgentContext, documents: Documents, desk: OrderDesk, stop: AbortSignal): Shell {
  const { server, log, host, workspace } = context;
  let refreshing = new AbortController();
  const counts = () => ({ ordersWait: desk.hasWork, undelivered: desk.undelivered });

  async function contact(collect: boolean): Promise<AgentEvent> {
    const reply = await checkIn(context, documents, { collect, signal: stop });
    await noteContact(context, null);
    await context.selfUpdate?.prove();
    // A new version is fetched beside everything else.
    void context.selfUpdate?.look(reply);
    if (collect && !desk.hasWork && desk.undelivered === 0) {
      await context.selfUpdate?.idle();
      if (documents.ownStaleUnit !== undefined) await renewSelf(context, documents.ownStaleUnit);
    }
    const refreshDue = collect && documents.updatesDue() !== 'no';
    return { kind: 'checked-in', intervalMs: reply.checkInIntervalSeconds * 1000, refreshDue };
  }

  async function listen(): Promise<AgentEvent> {
    const reply = await server.orders(HOLD_SECONDS, stop);
    const before = context.journal.state.finished.length;
    const waiting = desk.hasWork;
    const cancelled = desk.heedCancellations(reply);
    await desk.take(reply);
    const changed = context.journal.state.finished.length !== before || (desk.hasWork && !waiting);
    return { kind: 'heard', news: cancelled || changed, ...counts() };
  }

  async function refresh(): Promise<AgentEvent> {
    refreshing = new AbortController();
    const signal = AbortSignal.any([stop, refreshing.signal]);
    const task: Task = { host, workspace, signal, progress: () => undefined };
    await documents.collectUpdates(task, { refresh: documents.updatesDue() === 'refresh' });
    return { kind: 'refreshed' };
  }

  /** Trouble with the server is an event; trouble with this host is told, and tried again later like it. */
  async function reporting(
    what: string,
    failed: (failure: Failure) => AgentEvent,
    act: () => Promise<AgentEvent>,
  ): Promise<AgentEvent | null> {
    try {
      return await act();
    } catch (error) {
      if (stop.aborted) return null;
      const failure = error instanceof ServerFailure ? error : null;
      if (failure === null) log.error(`${what}: ${(error as Error).stack ?? String(error)}`);
      else if (failure.code !== 'removed') log.warn(`${what}: ${failure.code}: ${failure.message}`);
      if (what === 'check-in') await noteContact(context, (error as Error).message);
      return failed({ removed: failure?.code === 'removed', retryAfterMs: failure?.retryAfterMs ?? null });
    }
  }

  async function carryOut(effect: Exclude<Effect, { kind: 'end' }>): Promise<AgentEvent | null> {
    switch (effect.kind) {
      case 'check-in':
        return reporting(
          'check-in',
          (failure) => ({ kind: 'check-in-failed', failure }),
          () => contact(effect.collect),
        );
      case 'listen':
        return reporting('listening for orders', (failure) => ({ kind: 'listen-failed', failure }), listen);
      case 'deliver':
        return reporting(
          'delivering an outcome',
          (failure) => ({ kind: 'delivery-failed', failure }),
          async () => {
            await desk.deliver();
            return { kind: 'delivered', undelivered: desk.undelivered };
          },
        );
      case 'refresh':
        return reporting('refreshing updates', () => ({ kind: 'refreshed' }), refresh);
      case 'abandon-refresh':
        refreshing.abort();
        return null;
      case 'work':
        return reporting(
          'working on an order',
          () => ({ kind: 'work-ended', ...counts() }),
          async () => {
            await desk.work(stop).catch(async (error: unknown) => {
              // The disk is full, or worse: not again at once.
              await context.clock.sleep(WORK_RETRY_MS, stop);
              throw error;
            });
            return desk.isWaiting ? { kind: 'work-put-off' } : { kind: 'work-ended', ...counts() };
          },
        );
      default:
        return effect satisfies never;
    }
  }

  return { carryOut };
}
