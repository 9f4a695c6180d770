import { once } from 'node:events';
import { createServer, request as send, type RequestOptions, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContentHandler } from '../serving/index.ts';

export interface ServedHandler {
  readonly port: number;
  readonly server: Server;
  /** Asks exactly this target: no client library tidies it up. */
  ask(target: string, options?: RequestOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A handler behind a server on loopback. */
export async function serveHandler(handler: ContentHandler): Promise<ServedHandler> {
  const server = createServer((request, response) => void handler(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    server,
    ask: (path, options = {}) => ask({ host: '127.0.0.1', port, path, agent: false, ...options }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Rejects when the answer is broken off. */
function ask(options: RequestOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = send(options, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}
