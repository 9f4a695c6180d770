import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
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

/**
 * @param ticket null: content is open
 * @returns milliseconds until the last of so many clients has all of a file.
 */
export async function crowdMs(url: string, ticket: string | null, clients: number, sizeBytes: number): Promise<number> {
  const begun = performance.now();
  await Promise.all(Array.from({ length: clients }, () => readAll(url, ticket, sizeBytes)));
  return performance.now() - begun;
}

/** Read by all of them, one piece after another: what they get is only counted. */
const PIECE = Buffer.alloc(256 * 1024);
const HEADER_END = '\r\n\r\n';

/** No more than it takes to count: a client of Node's own needs several times as long for each piece as the server that is measured. */
function readAll(url: string, ticket: string | null, sizeBytes: number): Promise<void> {
  const { hostname, port, pathname, host } = new URL(url);
  const authorization = ticket === null ? '' : `Authorization: Bearer ${ticket}\r\n`;
  return new Promise((resolve, reject) => {
    let header = '';
    let begun = false;
    let size = 0;
    const count = (length: number, piece: Uint8Array): boolean => {
      if (begun) size += length;
      else {
        header += Buffer.from(piece.buffer, piece.byteOffset, length).toString('latin1');
        const end = header.indexOf(HEADER_END);
        begun = end >= 0;
        if (begun) size = header.length - end - HEADER_END.length;
      }
      return true;
    };
    const socket = connect({ host: hostname, port: Number(port), onread: { buffer: PIECE, callback: count } });
    socket.on('error', reject);
    socket.on('end', () => {
      const isWhole = header.startsWith('HTTP/1.1 200 ') && size === sizeBytes;
      if (isWhole) resolve();
      else reject(new Error(`${url}: ${header.split('\r\n', 1)[0]}, ${size} of ${sizeBytes} bytes`));
    });
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${authorization}Connection: close\r\n\r\n`);
  });
}
