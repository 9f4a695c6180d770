import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type {
  CheckInRequest,
  ContentPlace,
  Envelope,
  OrderProgress,
  Outcome,
  SignedStatement,
  TrustNews,
} from '@thimble/protocol';
import {
  generateSigningKey,
  readSignature,
  sha256,
  verifyingKey,
  verifyRequest,
  type Lane,
} from '@thimble/protocol/signing';
import type { TestCertificate } from './certificates.ts';

/** A small server over real TLS that checks signatures and sequences as the real one does. */
export interface FakeServer {
  readonly url: string;
  readonly orderKey: ReturnType<typeof generateSigningKey>;
  readonly token: string;
  /** Orders without an outcome; set by the test. */
  readonly orders: Envelope[];
  readonly cancellations: string[];
  /** What comes beside the orders, and with every reply. */
  approvals: readonly SignedStatement[];
  news: TrustNews | null;
  readonly outcomes: Map<string, Outcome>;
  readonly documents: Map<string, string>;
  readonly checkIns: CheckInRequest[];
  readonly progress: OrderProgress[];
  /** Where endpoints are sent for content. */
  readonly places: ContentPlace[];
  /** Newest sequence of each lane. */
  readonly sequences: Record<Lane, number>;
  /** Method and path of each request whose signature held. */
  readonly log: string[];
  /** Answers in the server's place once; return false to let the request through. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** Milliseconds by which the server's clock is ahead. */
  clockAheadMs: number;
  /** Held requests are answered at once when something changes. */
  wake(): void;
  close(): Promise<void>;
}

export const ENDPOINT_ID = '0199a5a0-0000-7000-8000-000000000001';
export const ORGANISATION_ID = '0199a5a0-0000-7000-8000-0000000000aa';

export async function startFakeServer(
  certificate: TestCertificate,
  chain: readonly TestCertificate[],
): Promise<FakeServer> {
  const waiting = new Set<() => void>();
  let publicKey: string | null = null;
  const self: FakeServer = {
    url: '',
    orderKey: generateSigningKey(),
    token: 'a-token-for-tests-only',
    orders: [],
    cancellations: [],
    approvals: [],
    news: null,
    outcomes: new Map(),
    documents: new Map(),
    checkIns: [],
    progress: [],
    places: [],
    sequences: { main: 0, held: 0 },
    log: [],
    intercept: null,
    clockAheadMs: 0,
    wake: () => waiting.forEach((answer) => answer()),
    close: () => stop(server),
  };

  const nowMs = () => Date.now() + self.clockAheadMs;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('date', new Date(nowMs()).toUTCString());
    if (self.intercept?.(request, response) === true) return;
    const body = await readAll(request);
    const target = request.url ?? '';
    const claimed = readSignature(request.headers);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
    const enrolling = target === '/api/v1/agent/enrol';
    const key = enrolling ? (JSON.parse(text) as { publicKey: string }).publicKey : publicKey;
    if (key === null) return problem(response, 401, 'unknown-endpoint');
    try {
      const toVerify = { method: request.method ?? '', target, body };
      verifyRequest(toVerify, claimed, verifyingKey(key), nowMs() / 1000, 300);
    } catch (error) {
      return problem(response, 401, (error as { code: string }).code);
    }
    if (claimed.sequence <= self.sequences[claimed.lane])
      return problem(response, 409, 'stale-sequence', { lastSequence: self.sequences[claimed.lane] });
    self.sequences[claimed.lane] = claimed.sequence;
    self.log.push(`${request.method} ${target}`);
    if (enrolling) return enrol(text, response);
    return route(request.method ?? '', target, text, response);
  }

  function enrol(text: string, response: ServerResponse): void {
    const asked = JSON.parse(text) as { token: string; publicKey: string };
    if (asked.token !== self.token) return problem(response, 401, 'bad-enrolment-token');
    publicKey = asked.publicKey;
    json(response, {
      endpointId: ENDPOINT_ID,
      organisationId: ORGANISATION_ID,
      organisationName: 'Tests',
      orderKeys: [{ keyid: self.orderKey.keyid, publicKey: self.orderKey.publicKey }],
      checkInIntervalSeconds: 60,
      ...trust(),
    });
  }

  function trust(): { trust?: TrustNews } {
    return self.news === null ? {} : { trust: self.news };
  }

  function route(method: string, target: string, text: string, response: ServerResponse): void {
    const [, kind, id, what] = /^\/api\/v1\/agent\/([a-z-]+)(?:\/([^/?]+))?(?:\/([^/?]+))?/.exec(target) ?? [];
    if (kind === 'check-in') {
      const asked = JSON.parse(text) as CheckInRequest;
      self.checkIns.push(asked);
      const wanted = Object.entries(asked.documents)
        .filter(([, digest]) => digest !== null && !self.documents.has(digest))
        .map(([document]) => document);
      const serverTime = new Date(nowMs()).toISOString();
      const ordersWaiting = self.orders.length > 0;
      return json(response, { wanted, checkInIntervalSeconds: 60, ordersWaiting, serverTime, ...trust() });
    }
    if (kind === 'content') {
      const expiresAt = new Date(nowMs() + 3_600_000).toISOString();
      return json(response, { ticket: 'a-ticket', expiresAt, places: self.places });
    }
    if (kind === 'documents' && what !== undefined) {
      if (sha256(text) !== what) return problem(response, 400, 'digest-mismatch');
      self.documents.set(what, text);
      return done(response);
    }
    if (kind === 'orders' && method === 'GET') return hold(Number(/wait=(\d+)/.exec(target)?.[1] ?? 0), response);
    if (kind === 'orders' && what === 'progress') {
      self.progress.push(...(JSON.parse(text) as { events: OrderProgress[] }).events);
      return done(response);
    }
    if (kind === 'orders' && what === 'outcome' && id !== undefined) {
      const outcome = JSON.parse(text) as Outcome;
      const before = self.outcomes.get(id);
      if (before !== undefined && JSON.stringify(before) !== text) return problem(response, 409, 'outcome-recorded');
      self.outcomes.set(id, outcome);
      return done(response);
    }
    problem(response, 404, 'not-found');
  }

  function hold(waitSeconds: number, response: ServerResponse): void {
    const answer = () => {
      clearTimeout(timer);
      waiting.delete(answer);
      const { orders, cancellations, approvals } = self;
      json(response, { orders, cancellations, ...(approvals.length === 0 ? {} : { approvals }), ...trust() });
    };
    const timer = setTimeout(answer, waitSeconds * 1000);
    waiting.add(answer);
    if (self.orders.length > 0 || waitSeconds === 0) answer();
    response.on('close', () => {
      clearTimeout(timer);
      waiting.delete(answer);
    });
  }

  const server = createServer(
    { key: certificate.keyPem, cert: [certificate, ...chain].map(({ certificatePem }) => certificatePem).join('') },
    (request, response) => {
      handle(request, response).catch((error: unknown) => problem(response, 500, `fake-server: ${String(error)}`));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(self, { url: `https://localhost:${(server.address() as AddressInfo).port}` });
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function done(response: ServerResponse): void {
  response.writeHead(204).end();
}

export function problem(response: ServerResponse, status: number, code: string, extra?: Record<string, number>): void {
  const body = {
    type: 'about:blank',
    title: code,
    status,
    code,
    side: 'input',
    ...(extra === undefined ? {} : { extra }),
  };
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
