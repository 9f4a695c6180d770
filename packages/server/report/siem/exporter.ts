import type { ServerContext } from '../../context.ts';
import { repeat } from '../../repeat.ts';
import { deliverNext } from './deliver-next.ts';

/** Evidence that is a second old tells as much as that of now. */
const PERIOD_MS = 1_000;

/**
 * Sends evidence to where organisations want it, one batch after another, so that no receiver gets more than it takes.
 *
 * @returns what stops it.
 */
export function startExporter(context: ServerContext): () => Promise<void> {
  return repeat(context, PERIOD_MS, 'evidence was not exported', () => deliverAll(context));
}

async function deliverAll(context: ServerContext): Promise<void> {
  for (let more = true; more && !context.stopping.aborted;) more = await deliverNext(context);
}
