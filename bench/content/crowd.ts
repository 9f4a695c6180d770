import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** An upstream behind a line of fixed speed, which counts what it is asked. */
export interface SlowUpstream extends AsyncDisposable {
  readonly url: URL;
  readonly files: Map<string, Buffer>;
  /** Paths, as they were asked for. */
  readonly asked: string[];
}

const TICK_MS = 20;

/** @param bytesPerSecond null: as fast as it goes */
export async function startUpstream(bytesPerSecond: () => number | null): Promise<SlowUpstream> {
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer((asking, reply) => {
    const path = (asking.url ?? '').slice(1);
    asked.push(path);
    const bytes = files.get(path);
    if (bytes === undefined) return void reply.writeHead(404).end();
    reply.writeHead(200, { 'content-length': bytes.length, 'last-modified': 'Fri, 20 Nov 2026 08:00:00 GMT' });
    const rate = bytesPerSecond();
    if (rate === null) return void reply.end(bytes);
    const begun = performance.now();
    const send = async (): Promise<void> => {
      for (let sent = 0; sent < bytes.length && !reply.destroyed; await sleep(TICK_MS)) {
        const due = Math.min(bytes.length, Math.floor(((performance.now() - begun) * rate) / 1000));
        reply.write(bytes.subarray(sent, due));
        sent = due;
      }
      reply.end();
    };
    void send();
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    files,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @returns milliseconds until the last of so many clients has all of a file. */
export async function crowdMs(url: string, ticket: string, clients: number, sizeBytes: number): Promise<number> {
  const begun = performance.now();
  await Promise.all(Array.from({ length: clients }, () => readAll(url, ticket, sizeBytes)));
  return performance.now() - begun;
}

function readAll(url: string, ticket: string, sizeBytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, headers: { authorization: `Bearer ${ticket}` } }, (reply) => {
      let size = 0;
      reply.on('data', (piece: Buffer) => (size += piece.length));
      reply.on('error', reject);
      reply.on('end', () => {
        if (reply.statusCode === 200 && size === sizeBytes) resolve();
        else reject(new Error(`${url}: ${reply.statusCode}, ${size} of ${sizeBytes} bytes`));
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
