import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { type RequestListener, type Server as HttpServer, createServer as createHttpServer } from 'node:http';
import { type Server as HttpsServer, createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Server as NetServer, type Socket, createServer as createNetServer } from 'node:net';
import { isLoopback, markUnixPeer } from './channel.ts';
import { heedUnhurried } from './unhurried.ts';

export class ListenError extends Error {
  readonly code: 'port-taken' | 'address-unavailable' | 'not-permitted';
  constructor(code: ListenError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ListenError';
    this.code = code;
  }
}

/** First byte of a TLS record that holds a handshake (RFC 8446 section 5.1); no HTTP method begins with it. */
const TLS_HANDSHAKE = 0x16;
/** A client that says nothing, or does not finish its TLS handshake, is hung up on. */
const FIRST_BYTE_DEADLINE_MS = 15_000;
/** How long answers that are under way may take when the server stops. */
const DRAIN_MS = 5_000;
/** Longer than a held request (see LIMITS.heldRequestSeconds), so that it is us who answer and not a time-out. */
const HTTP_OPTIONS = { requestTimeout: 120_000, headersTimeout: 20_000, keepAliveTimeout: 30_000 } as const;

/** A taken address. Connections wait until `serve` says what answers them, so a restart refuses nobody. */
export interface BoundPort {
  readonly port: number;
  readonly serve: (answer: (socket: Socket) => void) => void;
  readonly close: () => void;
}

/** @throws ListenError */
export async function bindPort(host: string, port: number): Promise<BoundPort> {
  const waiting: Socket[] = [];
  let answer = (socket: Socket): void => void waiting.push(socket);
  const server: NetServer = createNetServer((socket) => {
    socket.on('error', () => socket.destroy());
    answer(socket);
  });
  server.listen({ host, port });
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw listenError(cause, host, port);
  });
  return {
    port: (server.address() as AddressInfo).port,
    serve: (given) => {
      answer = given;
      for (const socket of waiting.splice(0)) given(socket);
    },
    close: () => {
      server.close();
      for (const socket of waiting.splice(0)) socket.destroy();
    },
  };
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  if (cause.code === 'EADDRINUSE')
    return new ListenError(
      'port-taken',
      `port ${port} is taken by another program (ss -ltnp 'sport = :${port}' names it). Stop it, or choose another port with --port or THIMBLE_PORT.`,
      { cause },
    );
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND')
    return new ListenError('address-unavailable', `this machine has no address ${host}; see --host.`, { cause });
  if (cause.code === 'EACCES')
    return new ListenError('not-permitted', `this user may not listen on port ${port}; choose one from 1024 on.`, {
      cause,
    });
  return cause;
}

export interface Endpoints {
  readonly renewCertificate: (tls: { readonly certificate: string; readonly key: string }) => void;
  /** Ends it: nothing new is accepted, what runs may finish for a short time, then it is cut. */
  readonly close: () => Promise<void>;
}

export interface EndpointsOptions {
  readonly handler: RequestListener;
  readonly port: BoundPort;
  readonly tls: { readonly certificate: string; readonly key: string };
  /** Unix socket for the local command line; whoever can open it is the operator. */
  readonly socketPath: string;
  /** Where plain HTTP from elsewhere is sent: given the Host header and path, the https address. */
  readonly secureAddress: (host: string | undefined, target: string) => string;
  /** What came over a connection was no request: the parser's code and the status that it was answered with. */
  readonly refused: (code: string, status: number) => void;
}

/**
 * Answers TLS and plain HTTP on one port, told apart by the first byte. Plain HTTP is for this machine only, where a
 * link can open without a warning about our own authority; from elsewhere it is sent on to https.
 */
export async function openEndpoints(options: EndpointsOptions): Promise<Endpoints> {
  const plain = createHttpServer(HTTP_OPTIONS, (request, reply) => {
    if (isLoopback(request.socket.remoteAddress)) return options.handler(request, reply);
    const location = options.secureAddress(request.headers.host, request.url ?? '/');
    reply.writeHead(308, { location, connection: 'close' }).end();
  });
  const secure = createHttpsServer(
    {
      ...HTTP_OPTIONS,
      cert: options.tls.certificate,
      key: options.tls.key,
      minVersion: 'TLSv1.2',
      handshakeTimeout: FIRST_BYTE_DEADLINE_MS,
    },
    options.handler,
  );
  secure.on('tlsClientError', (_error, socket) => socket.destroy());
  const local = createHttpServer(HTTP_OPTIONS, options.handler);
  local.on('connection', markUnixPeer);
  for (const server of [plain, secure, local]) heedUnhurried(server, options.refused);
  await rm(options.socketPath, { force: true });
  local.listen(options.socketPath);
  await once(local, 'listening');
  await chmod(options.socketPath, 0o600);
  // Servers that are handed their connections never listen, but start to watch their time-outs on this event.
  for (const server of [plain, secure]) server.emit('listening');
  options.port.serve((socket) => sniff(socket, plain, secure));
  return {
    renewCertificate: ({ certificate, key }) => secure.setSecureContext({ cert: certificate, key }),
    close: async () => {
      options.port.close();
      await Promise.all([plain, secure, local].map(drain));
      await rm(options.socketPath, { force: true });
    },
  };
}

function sniff(socket: Socket, plain: HttpServer, secure: HttpsServer): void {
  const timer = setTimeout(() => socket.destroy(), FIRST_BYTE_DEADLINE_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.once('data', (chunk: Buffer) => {
    clearTimeout(timer);
    socket.pause();
    socket.unshift(chunk);
    (chunk[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
    process.nextTick(() => socket.resume());
  });
}

async function drain(server: HttpServer | HttpsServer): Promise<void> {
  // For servers that never listened `close` reports an error, after it did what we want: end idle connections.
  server.close(() => undefined);
  const until = Date.now() + DRAIN_MS;
  while (Date.now() < until && (await connectionCount(server)) > 0) {
    server.closeIdleConnections();
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  server.closeAllConnections();
}

function connectionCount(server: HttpServer | HttpsServer): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error === null ? count : 0)));
}
