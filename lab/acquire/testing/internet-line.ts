import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** One request that went out. */
export interface LineRequest {
  /** Address of who asked. */
  readonly from: string;
  readonly url: string;
  readonly range: string | null;
}

/** The only way to the world that a server and its endpoints have: an HTTP proxy, which counts, and can be cut. */
export interface InternetLine {
  /** For clients on this machine and in the lab. */
  readonly url: string;
  readonly requests: readonly LineRequest[];
  cut(): Promise<void>;
}

/** @param host the lab's gateway */
export async function startInternetLine(host: string): Promise<InternetLine> {
  const requests: LineRequest[] = [];
  const server = createServer((incoming, response) => {
    const url = URL.parse(incoming.url ?? '', `http://${incoming.headers.host}`);
    if (url === null) return void response.writeHead(400).end();
    requests.push({
      from: incoming.socket.remoteAddress ?? '',
      url: url.href,
      range: incoming.headers.range ?? null,
    });
    void pass(url, incoming, response);
  });
  // A tunnel to plain HTTP: what is in it is answered like any other request.
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    if (!(incoming.url ?? '').endsWith(':80')) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    server.emit('connection', socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, requests, cut: () => cut(server) };
}

async function pass(url: URL, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { 'proxy-connection': _, 'proxy-authorization': __, ...headers } = incoming.headers;
  const outgoing = request(url, { method: incoming.method ?? 'GET', headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // Who goes away, or a line that is cut, ends both sides.
    pipeline(answer, response).catch(() => response.destroy());
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  outgoing.end();
}

async function cut(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
