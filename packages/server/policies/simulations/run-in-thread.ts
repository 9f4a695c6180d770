import { Worker } from 'node:worker_threads';
import type { SimulateReply } from '@thimble/protocol';
import type { SimulationWork } from './simulation-work.ts';
import type { ThreadMessage } from './thread.ts';

/** Heap of a thread: 10,000 endpoints over 90 days take a few hundred MB. */
const HEAP_MB = 1536;
/** Far beyond the largest fleet; a simulation that goes on for longer goes on for ever. */
const DEADLINE_MS = 15 * 60_000;

export type ThreadEnd =
  | { readonly kind: 'done'; readonly reply: SimulateReply }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string };

/** Computes in a thread of its own, so that the server answers meanwhile. Always ends; `stop` ends it at once. */
export function runInThread(
  work: SimulationWork,
  tell: (percent: number) => void,
  stop: AbortSignal,
): Promise<ThreadEnd> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve({ kind: 'stopped' });
    const worker = new Worker(new URL('thread.ts', import.meta.url), {
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      // What the server was started with is not for a thread that only computes.
      env: {},
      argv: [],
    });
    const end = (how: ThreadEnd): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      void worker.terminate();
      resolve(how);
    };
    const onStop = (): void => end({ kind: 'stopped' });
    const timer = setTimeout(() => end({ kind: 'failed', message: 'it took longer than 15 minutes' }), DEADLINE_MS);
    stop.addEventListener('abort', onStop);
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'percent') tell(message.percent);
      else end({ kind: 'done', reply: message.reply });
    });
    worker.on('error', (error) => end({ kind: 'failed', message: error.message }));
    worker.on('exit', () => end({ kind: 'failed', message: 'its thread ended without a result' }));
    return undefined;
  });
}
