import { open, rm } from 'node:fs/promises';
import type { Fetcher } from 'tuf-js';
// Not in its index, and by this class alone it knows that there is no newer root.
import { DownloadHTTPError, DownloadLengthMismatchError } from 'tuf-js/dist/error.js';
import type { PlaceClient } from '../content/place-client.ts';
import { readBody } from '../content/read-body.ts';

/** Slower than this on the whole is no line but an attack: who feeds us a byte now and then keeps us from news. */
const SLOWEST_BYTES_PER_MS = 16;

export interface FetcherLimits {
  /** What any file may take, besides what its size allows. */
  readonly graceMs: number;
  /** Without a byte. */
  readonly idleMs: number;
}

export const FETCHER_LIMITS: FetcherLimits = { graceMs: 60_000, idleMs: 30_000 };

export interface RepositoryFetcher extends Fetcher {
  /** Why the last request got no whole answer; null: it got one. */
  readonly trouble: Error | null;
}

/**
 * The way on which the TUF client gets files: over the agent's own trust in its server, with an end to bytes and time.
 *
 * @param file where a target is put until it is verified; absolute.
 */
export function createRepositoryFetcher(
  client: PlaceClient,
  file: string,
  signal: AbortSignal,
  limits: FetcherLimits = FETCHER_LIMITS,
): RepositoryFetcher {
  let trouble: Error | null = null;

  async function* fetchPieces(url: string, maxBytes: number): AsyncGenerator<Buffer> {
    const late = AbortSignal.timeout(limits.graceMs + Math.ceil(maxBytes / SLOWEST_BYTES_PER_MS));
    const ending = AbortSignal.any([signal, late]);
    const path = new URL(url).pathname;
    trouble = null;
    try {
      const reply = await client.ask({ method: 'GET', path, headers: {}, signal: ending });
      if (reply.statusCode !== 200) {
        reply.destroy();
        throw new DownloadHTTPError(`${path}: the server answered ${reply.statusCode}`, reply.statusCode ?? 0);
      }
      let received = 0;
      for await (const piece of readBody(reply, limits.idleMs)) {
        received += piece.byteLength;
        if (received > maxBytes) throw new DownloadLengthMismatchError(`${path} has more than ${maxBytes} bytes`);
        yield piece;
      }
    } catch (error) {
      // More than can be right is the repository's fault; anything else is the way's.
      if (error instanceof DownloadLengthMismatchError) throw error;
      trouble = late.aborted ? new Error(`${path} comes too slowly`, { cause: error }) : (error as Error);
      throw trouble;
    }
  }

  return {
    get trouble() {
      return trouble;
    },
    async downloadBytes(url, maxBytes) {
      const pieces: Buffer[] = [];
      for await (const piece of fetchPieces(url, maxBytes)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    async downloadFile(url, maxBytes, handler) {
      try {
        const handle = await open(file, 'w', 0o600);
        try {
          for await (const piece of fetchPieces(url, maxBytes)) await handle.writeFile(piece);
        } finally {
          await handle.close();
        }
        return await handler(file);
      } finally {
        await rm(file, { force: true });
      }
    },
  };
}
