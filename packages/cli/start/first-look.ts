import { setTimeout as sleep } from 'node:timers/promises';
import type { EndpointSummary } from '@thimble/protocol';
import type { Client } from '../client/index.ts';

/** Fetching the package lists of a slow mirror takes a while; the console shows it whenever it comes. */
const PATIENCE_MS = 180_000;
const POLL_MS = 500;

/** The endpoint once its first scan is in; undefined when that takes too long, or when `signal` fires. */
export async function firstLook(
  client: Client,
  endpointId: string,
  signal: AbortSignal,
): Promise<EndpointSummary | undefined> {
  const until = performance.now() + PATIENCE_MS;
  while (!signal.aborted && performance.now() < until) {
    const [{ summary, system }, { checkedAt }] = await Promise.all([
      client.endpoint(endpointId),
      client.endpointUpdates(endpointId),
    ]);
    if (system !== null && checkedAt !== null) return summary;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
