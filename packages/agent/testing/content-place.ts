import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ContentPlace } from '@thimble/protocol';
import type { TestCertificate } from './certificates.ts';

/** A relay or a server over real TLS that has some files, and fails as told. */
export interface TestPlace {
  readonly place: ContentPlace;
  /** By path from `/content/` on. */
  readonly files: Map<string, Buffer>;
  /** Tickets that are good; empty: every one. */
  readonly tickets: Set<string>;
  /** `METHOD PATH RANGE` of each request, and what it had as authorization. */
  readonly requests: { readonly line: string; readonly authorization: string | undefined }[];
  /** Connections that were made at all, with or without a request. */
  readonly connections: { count: number };
  /** Answers in its stead; false: it answers itself. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** The body is cut off after so many bytes, so often. */
  cut: { afterBytes: number; times: number } | null;
  close(): Promise<void>;
}

export async function startPlace(
  kind: ContentPlace['kind'],
  certificate: TestCertificate,
  chain: readonly TestCertificate[],
  pin: string | null = kind === 'relay' ? certificate.fingerprint : null,
): Promise<TestPlace> {
  const server = createServer(
    { key: certificate.keyPem, cert: [certificate, ...chain].map(({ certificatePem }) => certificatePem).join('') },
    (request, response) => answer(request, response),
  );
  const connections = { count: 0 };
  server.on('connection', () => {
    connections.count += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const self: TestPlace = {
    place: { kind, name: kind, url, certificateSha256: pin },
    files: new Map(),
    tickets: new Set(),
    requests: [],
    connections,
    intercept: null,
    cut: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { authorization, range } = request.headers;
    const path = request.url ?? '';
    self.requests.push({ line: [request.method, path, range].filter(Boolean).join(' '), authorization });
    if (self.intercept?.(request, response) === true) return;
    const ticket = authorization?.replace(/^Bearer /, '') ?? '';
    if (self.tickets.size > 0 && !self.tickets.has(ticket)) return void response.writeHead(401).end();
    const file = self.files.get(path);
    if (file === undefined) return void response.writeHead(404).end('no such file');
    const etag = `"${createHash('sha256').update(file).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    const startByte = Number(first ?? 0);
    const endByte = last === undefined || last === '' ? file.length : Number(last) + 1;
    const body = file.subarray(startByte, endByte);
    response.writeHead(first === undefined ? 200 : 206, {
      etag,
      'content-length': body.length,
      ...(first === undefined ? {} : { 'content-range': `bytes ${startByte}-${endByte - 1}/${file.length}` }),
    });
    if (request.method === 'HEAD') return void response.end();
    if (self.cut === null || self.cut.times === 0) return void response.end(body);
    self.cut.times -= 1;
    response.write(body.subarray(0, self.cut.afterBytes), () => request.socket.destroy());
  }

  return self;
}

/** Answers everything with this status. */
export const answering =
  (status: number): TestPlace['intercept'] =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(status === 304 ? '' : '{}');
    return true;
  };
