import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface UpstreamRequest {
  readonly path: string;
  /** First byte that was asked for. */
  readonly first: number;
}

/** An upstream behind a line of fixed speed, with ranges and strong ETags, that counts what it gives away. */
export interface ThrottledUpstream {
  /** Ends in a slash. */
  readonly url: string;
  readonly files: Map<string, Uint8Array>;
  readonly requests: UpstreamRequest[];
  /** Of bodies, over all connections: what was written to them, whoever read it. */
  readonly sentBytes: () => number;
  /** When so many bytes were sent of paths that a test names. */
  readonly sent: (bytes: number, of?: (path: string) => boolean) => Promise<void>;
  readonly close: () => Promise<void>;
}

const TICK_MS = 5;
/** Small, so that little is on the way to a server that is killed. */
const PIECE_BYTES = 4096;

interface Waiter {
  left: number;
  readonly of: (path: string) => boolean;
  readonly reached: () => void;
}

export async function startThrottledUpstream(bytesPerSecond: number): Promise<ThrottledUpstream> {
  const files = new Map<string, Uint8Array>();
  const requests: UpstreamRequest[] = [];
  const waiters = new Set<Waiter>();
  let sentBytes = 0;
  let paidUntilMs = 0;

  const count = (path: string, bytes: number): void => {
    sentBytes += bytes;
    for (const waiter of waiters) {
      if (!waiter.of(path)) continue;
      waiter.left -= bytes;
      if (waiter.left <= 0 && waiters.delete(waiter)) waiter.reached();
    }
  };
  const send = async (path: string, body: Uint8Array, reply: ServerResponse): Promise<void> => {
    for (let at = 0; at < body.length && !reply.destroyed; at += PIECE_BYTES) {
      const piece = body.subarray(at, at + PIECE_BYTES);
      if (!reply.write(piece) && !reply.destroyed) await Promise.race([once(reply, 'drain'), once(reply, 'close')]);
      count(path, piece.length);
      paidUntilMs = Math.max(paidUntilMs, performance.now()) + (piece.length * 1000) / bytesPerSecond;
      while (paidUntilMs - performance.now() > TICK_MS && !reply.destroyed) await sleep(TICK_MS);
    }
    reply.end();
  };
  const server = createServer((request, reply) => {
    const path = decodeURIComponent((request.url ?? '').slice(1));
    const bytes = files.get(path);
    const etag = `"${createHash('sha256')
      .update(bytes ?? '')
      .digest('hex')}"`;
    const condition = request.headers['if-range'];
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const first = from !== undefined && (condition === undefined || condition === etag) ? Number(from) : 0;
    requests.push({ path, first });
    if (bytes === undefined) return void reply.writeHead(404).end();
    if (first >= bytes.length && first > 0) return void reply.writeHead(416).end();
    const body = bytes.subarray(first);
    const range = first === 0 ? {} : { 'content-range': `bytes ${first}-${bytes.length - 1}/${bytes.length}` };
    reply.writeHead(first === 0 ? 200 : 206, { etag, 'content-length': body.length, ...range });
    send(path, body, reply).catch(() => reply.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    files,
    requests,
    sentBytes: () => sentBytes,
    sent: (bytes, of = () => true) => new Promise((reached) => waiters.add({ left: bytes, of, reached })),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
