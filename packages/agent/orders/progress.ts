import { LIMITS, type OrderProgress, type OrderStage } from '@thimble/protocol';
import type { Clock } from '../clock.ts';

export interface ProgressStep {
  readonly stage: OrderStage;
  readonly percent: number | null;
  readonly message: string;
}

/** Collects an order's steps and sends them in batches. Lost ones are no harm: they only show, they never decide. */
export interface ProgressReporter {
  report(step: ProgressStep): void;
  /** Sends what is left; errors are not errors here. */
  flush(): Promise<void>;
}

/** At most five steps a second reach the server; of one stage the newest replaces those that were not sent yet. */
const MIN_INTERVAL_MS = 200;
const MAX_PENDING = LIMITS.progressEventsPerRequest;
const MAX_MESSAGE = 2000;

/** @param nowMs the server's time as far as it is known: what is told later is newer, whoever of our lives tells it. */
export function createProgressReporter(
  orderId: string,
  clock: Clock,
  nowMs: () => number,
  send: (orderId: string, events: readonly OrderProgress[]) => Promise<void>,
): ProgressReporter {
  let pending: OrderProgress[] = [];
  let sequence = 0;
  let sending: Promise<void> | null = null;

  async function drain(): Promise<void> {
    while (pending.length > 0) {
      const events = pending;
      pending = [];
      await send(orderId, events).catch(() => undefined);
      await clock.sleep(MIN_INTERVAL_MS);
    }
    sending = null;
  }

  return {
    report({ stage, percent, message }) {
      const last = pending.at(-1);
      if (last?.stage === stage) pending.pop();
      if (pending.length >= MAX_PENDING) pending.shift();
      sequence = Math.max(sequence + 1, nowMs());
      pending.push({
        orderId,
        sequence,
        at: new Date(clock.now()).toISOString(),
        stage,
        percent: percent === null ? null : Math.max(0, Math.min(100, Math.round(percent))),
        message: message.slice(0, MAX_MESSAGE),
      });
      sending ??= drain();
    },
    async flush() {
      await sending;
    },
  };
}
