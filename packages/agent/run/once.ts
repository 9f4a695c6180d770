import type { OrdersReply } from '@thimble/protocol';
import { ServerFailure } from '../connection/server-failure.ts';
import type { AgentContext } from '../context.ts';
import { checkIn } from '../documents/check-in.ts';
import { openDocuments } from '../documents/documents.ts';
import { createOrderDesk } from '../orders/desk.ts';
import { openAgent, type AgentOptions } from './open.ts';
import { scan } from './scan.ts';
import { noteContact } from './status-file.ts';

export interface OnceResult {
  readonly contacted: boolean;
  readonly ordersFinished: number;
  /** Outcomes that the server has not acknowledged; the next run sends them. */
  readonly undelivered: number;
  readonly removed: boolean;
}

/** Orders that one run takes at most: then the timer's next run goes on. */
const MAX_ORDERS = 64;

/**
 * One check-in, which also takes up what was interrupted, and fetches and executes waiting orders: what the systemd
 * timer runs, with no memory used in between.
 *
 * @throws AgentError
 */
export async function runOnce(options: AgentOptions & { readonly signal?: AbortSignal }): Promise<OnceResult> {
  const { context, close } = await openAgent(options);
  try {
    return await checkInOnce(context, options.signal ?? new AbortController().signal, options.refreshHours);
  } finally {
    await close();
  }
}

export async function checkInOnce(
  context: AgentContext,
  signal: AbortSignal,
  refreshHours?: number,
): Promise<OnceResult> {
  const { log, journal, server, trust } = context;
  const documents = await openDocuments(context, refreshHours);
  const desk = createOrderDesk(context, (task) => scan(context, documents, task));
  const finishedBefore = journal.state.finished.length;
  let contacted = false;
  try {
    // First what was interrupted: a server that can't be reached must not keep an installation half done.
    if (journal.state.active !== null) await desk.work(signal);
    if (signal.aborted) return result(false);
    const reply = await checkIn(context, documents, { collect: true, signal });
    contacted = true;
    // At once: an order takes longer than a new version has to prove itself.
    await context.selfUpdate?.prove();
    await noteContact(context, null);
    await deliver();
    // How far the clock is off is known only now, and belongs into the system document.
    if (server.clockOffsetMs !== 0) await checkIn(context, documents, { collect: true, signal });
    await refreshUpdates();
    for (let taken = 0; taken < MAX_ORDERS && !signal.aborted; taken += 1) {
      await desk.take(await server.orders(0, signal));
      // What waits for people is looked at once in a run.
      if (!desk.hasWork) break;
      await withCancellations(() => desk.work(signal));
      if (signal.aborted) break;
      await deliver();
      await checkIn(context, documents, { collect: true, signal });
    }
    // Also the refusals of orders that were not taken.
    await deliver();
    await refreshUpdates();
    // The timer's next run is the new version's first.
    await context.selfUpdate?.look(reply);
  } catch (error) {
    if (!(error instanceof ServerFailure)) throw error;
    if (error.code === 'removed') return { ...result(contacted), removed: true };
    log.warn(`the server could not be talked to (${error.code}): ${error.message}`);
    await noteContact(context, error.message);
  }
  return result(contacted);

  /** An outcome that the server does not take is no reason to take no orders: the next run tries it again. */
  async function deliver(): Promise<void> {
    await desk.deliver().catch((error: unknown) => {
      if (!(error instanceof ServerFailure && error.code === 'refused')) throw error;
      log.error(`an outcome was not taken: ${error.message}`);
    });
  }

  async function refreshUpdates(): Promise<void> {
    const due = documents.updatesDue();
    if (due === 'no' || signal.aborted) return;
    const task = { host: context.host, workspace: context.workspace, signal, progress: () => undefined };
    await documents.collectUpdates(task, { refresh: due === 'refresh' });
    if (!signal.aborted) await checkIn(context, documents, { collect: false, signal });
  }

  /** While an order is worked on, requests beside it ask whether it is cancelled, or everything stopped. */
  async function withCancellations(work: () => Promise<void>): Promise<void> {
    const done = new AbortController();
    const listening = listen(AbortSignal.any([signal, done.signal]));
    try {
      await work();
    } finally {
      done.abort();
      await listening;
    }
  }

  async function listen(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await context.clock.sleep(CANCELLATION_POLL_MS, until);
      if (until.aborted) return;
      await server.orders(0, until).then(heedBeside, () => undefined);
    }
  }

  async function heedBeside(reply: OrdersReply): Promise<void> {
    desk.heedCancellations(reply);
    await trust.heed(reply.trust);
  }

  function result(wasContacted: boolean): OnceResult {
    const ordersFinished = Math.max(0, journal.state.finished.length - finishedBefore);
    return { contacted: wasContacted, ordersFinished, undelivered: desk.undelivered, removed: false };
  }
}

const CANCELLATION_POLL_MS = 5000;
