import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import {
  ORDER_PAYLOAD_TYPE,
  type CheckInRequest,
  type ContentPlace,
  type Envelope,
  type Order,
  type OrderBody,
  type Outcome,
  type OutcomeResult,
  type Repositories,
  type SignedStatement,
  type TrustNews,
} from '@thimble/protocol';
import { generateSigningKey, signEnvelope, type SigningKey } from '@thimble/protocol/signing';
import type { ContentSite } from './content-site.ts';
import { TICKET } from './content-site.ts';

/** As much of a server as one endpoint needs; what an agent sends is believed here. */
export interface OrderServer {
  readonly url: string;
  readonly fingerprint: string;
  readonly token: string;
  readonly organisationId: string;
  readonly endpointId: string;
  /** With it orders and news are signed. */
  readonly key: SigningKey;
  /** What comes beside orders, and with each reply. */
  approvals: readonly SignedStatement[];
  news: TrustNews | null;
  /** Where the endpoint is sent for content. */
  places: readonly ContentPlace[];
  readonly repositories: () => Repositories | null;
  /** The order waits for the next check-in. */
  give(body: OrderBody, change?: Partial<Order>): string;
  outcome(orderId: string): OutcomeResult;
}

export function serveOrders(site: ContentSite): OrderServer {
  const key = generateSigningKey();
  const [endpointId, organisationId] = [randomUUID(), randomUUID()];
  const waiting = new Map<string, Envelope>();
  const outcomes = new Map<string, Outcome>();
  const documents = new Map<string, string>();
  let latest: CheckInRequest | null = null;
  let generation = 0;

  const trust = (): { readonly trust?: TrustNews } => (self.news === null ? {} : { trust: self.news });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const raw = Buffer.concat(parts);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8');
    const [, kind, id = '', what = ''] =
      /^\/api\/v1\/agent\/([a-z-]+)(?:\/([^/?]+))?(?:\/([^/?]+))?/.exec(request.url ?? '') ?? [];
    const reply = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const { keyid, publicKey } = key;
    if (kind === 'enrol')
      return void reply({
        endpointId,
        organisationId,
        organisationName: 'Lab',
        orderKeys: [{ keyid, publicKey }],
        checkInIntervalSeconds: 60,
        ...trust(),
      });
    if (kind === 'check-in') {
      latest = JSON.parse(text) as CheckInRequest;
      const wanted = Object.entries(latest.documents).flatMap(([name, digest]) =>
        digest === null || documents.has(digest) ? [] : [name],
      );
      const ordersWaiting = waiting.size > 0;
      const serverTime = new Date().toISOString();
      return void reply({ wanted, checkInIntervalSeconds: 60, ordersWaiting, serverTime, ...trust() });
    }
    if (kind === 'orders' && request.method === 'GET')
      return void reply({
        orders: [...waiting.values()],
        cancellations: [],
        approvals: self.approvals,
        ...trust(),
      });
    if (kind === 'content')
      return void reply({
        ticket: TICKET,
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        places: self.places,
      });
    if (kind === 'documents') documents.set(what, text);
    if (what === 'outcome') {
      outcomes.set(id, JSON.parse(text) as Outcome);
      waiting.delete(id);
    }
    response.writeHead(204).end();
  }

  site.other = (request, response) => void answer(request, response).catch(() => response.destroy());
  const self: OrderServer = {
    url: site.url,
    fingerprint: site.fingerprint,
    token: 'a-token-of-the-test',
    organisationId,
    endpointId,
    key,
    approvals: [],
    news: null,
    places: [site.place],
    repositories: () => {
      const text = documents.get(latest?.documents.repositories ?? '');
      return text === undefined ? null : (JSON.parse(text) as Repositories);
    },
    give(body, change = {}) {
      generation += 1;
      const order: Order = {
        format: 1,
        id: randomUUID(),
        organisationId,
        endpointId,
        generation,
        issuedAt: new Date().toISOString(),
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        runId: null,
        body,
        ...change,
      };
      waiting.set(order.id, signEnvelope(ORDER_PAYLOAD_TYPE, Buffer.from(JSON.stringify(order)), [key]));
      return order.id;
    },
    outcome(orderId) {
      const outcome = outcomes.get(orderId);
      if (outcome === undefined) throw new Error(`order ${orderId} has no outcome`);
      return outcome.result;
    },
  };
  return self;
}
