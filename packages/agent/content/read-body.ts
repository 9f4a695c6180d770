import type { IncomingMessage } from 'node:http';
import { PlaceError } from './place-client.ts';

/**
 * The pieces of a body as they come. Only waiting for the other side counts as idle: who reads slowly (a limit, a slow
 * disk) does not end it.
 *
 * @throws PlaceError when it breaks off or nothing comes for so long
 */
export async function* readBody(reply: IncomingMessage, idleMs: number): AsyncGenerator<Buffer> {
  const pieces = (reply as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await within(pieces.next(), idleMs);
      if (next.done === true) break;
      yield next.value;
    }
  } catch (cause) {
    throw cause instanceof PlaceError ? cause : new PlaceError((cause as Error).message, { cause });
  } finally {
    // Read to its end, the connection serves the next request.
    if (!reply.complete) reply.destroy();
  }
  if (!reply.complete) throw new PlaceError('the answer broke off');
}

function within<T>(promise: Promise<T>, idleMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new PlaceError(`nothing came for ${idleMs} ms`)), idleMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
