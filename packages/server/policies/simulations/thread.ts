import { parentPort, workerData } from 'node:worker_threads';
import type { SimulateReply } from '@thimble/protocol';
import { type SimulationWork, workOut } from './simulation-work.ts';

/** What a thread says to the server that started it. */
export type ThreadMessage =
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'reply'; readonly reply: SimulateReply };

// Whoever starts this file as a thread is run-in-thread.ts, and gives it nothing else.
const work = workerData as SimulationWork;
const say = (message: ThreadMessage): void => parentPort?.postMessage(message);

let told = 0;
const reply = workOut(work, (percent) => {
  const whole = Math.min(100, Math.floor(percent));
  if (whole === told) return;
  told = whole;
  say({ kind: 'percent', percent: whole });
});
say({ kind: 'reply', reply });
