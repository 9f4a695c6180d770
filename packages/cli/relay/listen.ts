import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CliError } from '../cli-error.ts';

export interface RelayPort {
  readonly number: number;
  /** What answers from now on; before, connections wait. */
  answer(handle: (...args: Parameters<RequestListener>) => Promise<void>): void;
  /** Nothing new is accepted; answers that are under way may end. */
  drain(): Promise<void>;
}

/** A service manager waits some 90 s before it kills. */
const DRAIN_MS = 30_000;
const LIMITS = {
  requestTimeout: 30_000,
  headersTimeout: 20_000,
  handshakeTimeout: 15_000,
  keepAliveTimeout: 60_000,
  maxHeaderSize: 16_384,
} as const;
/** Each has a file and a piece of memory at most. */
const CONNECTIONS_LIMIT = 4_000;

/** @throws CliError `port-taken`, `not-listening` */
export async function listen({
  host,
  port,
  certificate,
  key,
}: {
  /** null: all of this machine’s. */
  readonly host: string | null;
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
}): Promise<RelayPort> {
  const ready = Promise.withResolvers<Parameters<RelayPort['answer']>[0]>();
  const server = createServer({ ...LIMITS, cert: certificate, key, minVersion: 'TLSv1.2' }, (request, response) => {
    void ready.promise.then((handle) => handle(request, response));
  });
  server.maxConnections = CONNECTIONS_LIMIT;
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(host === null ? { port } : { host, port });
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(
      cause.code === 'EADDRINUSE' ? 'port-taken' : 'not-listening',
      `${host ?? 'port'} ${port} can’t be listened on: ${cause.message}`,
      { hint: 'Choose another address with --listen or THIMBLE_RELAY_LISTEN.', cause },
    );
  });
  return {
    number: (server.address() as AddressInfo).port,
    answer: ready.resolve,
    drain: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      const last = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearInterval(idle);
      clearTimeout(last);
    },
  };
}
