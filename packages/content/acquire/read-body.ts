import type { IncomingMessage } from 'node:http';
import { printable, transferError, UpstreamError } from '@thimble/upstream';
import type { AcquireLimits } from './limits.ts';

/** How long a file has waited for its upstreams, over all attempts. */
export interface Waited {
  ms: number;
}

export interface ReadBodyOptions {
  readonly url: URL;
  readonly limits: Pick<AcquireLimits, 'idleMs' | 'graceMs' | 'slowestBytesPerSecond' | 'waitedLimitMs'>;
  readonly waited: Waited;
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * The pieces of a body. Only the time in which upstream is waited for counts against the limits: reading slowly, for the sake of our
 * own pace or disk, is not upstream's fault.
 *
 * @throws UpstreamError `broken`, also after a long silence; `unreachable` for a pace that only holds the connection; the signal's reason
 */
export async function* readBody(response: IncomingMessage, options: ReadBodyOptions): AsyncGenerator<Buffer> {
  const { url, limits, waited, now, signal } = options;
  const pieces: AsyncIterator<unknown> = response[Symbol.asyncIterator]();
  let received = 0;
  let attemptMs = 0;
  try {
    for (;;) {
      const began = now();
      const next = await withinSilence(pieces, response, url, limits.idleMs);
      const passed = now() - began;
      attemptMs += passed;
      waited.ms += passed;
      if (next.done === true) return;
      if (!(next.value instanceof Buffer)) throw new TypeError('a body is bytes');
      received += next.value.length;
      if (
        attemptMs > limits.graceMs + (received / limits.slowestBytesPerSecond) * 1000 ||
        waited.ms > limits.waitedLimitMs
      )
        throw new UpstreamError(
          'unreachable',
          `${printable(url)} sends so slowly that it would never end: ${received} bytes in ${Math.round(attemptMs / 1000)} s`,
        );
      yield next.value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof UpstreamError || error instanceof TypeError ? error : transferError(url, error);
  } finally {
    response.destroy();
  }
}

async function withinSilence(
  pieces: AsyncIterator<unknown>,
  response: IncomingMessage,
  url: URL,
  idleMs: number,
): Promise<IteratorResult<unknown>> {
  const timer = setTimeout(() => {
    response.destroy(new UpstreamError('broken', `${printable(url)} has sent nothing for ${idleMs / 1000} s`));
  }, idleMs);
  try {
    return await pieces.next();
  } finally {
    clearTimeout(timer);
  }
}
