import type { ServerContext } from '../../context.ts';
import { deliverNext } from './deliver-next.ts';

/** Evidence that is a second old tells as much as that of now. */
const PERIOD_MS = 1_000;

/**
 * Sends evidence to where organisations want it, one batch after another, so that no receiver gets more than it takes.
 *
 * @returns what stops it.
 */
export function startExporter(context: ServerContext): () => Promise<void> {
  let working: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (context.stopping.aborted) return;
    working ??= deliverAll(context)
      .catch((error: unknown) => context.log.error({ err: error }, 'evidence was not exported'))
      .finally(() => {
        working = undefined;
      });
  }, PERIOD_MS);
  return async () => {
    clearInterval(timer);
    await working;
  };
}

async function deliverAll(context: ServerContext): Promise<void> {
  for (let more = true; more && !context.stopping.aborted;) more = await deliverNext(context);
}
