import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContentPlace } from '@thimble/protocol';
import type { Clock } from '../clock.ts';
import { ServerFailure } from '../connection/server-failure.ts';
import type { ServerTrust } from '../connection/transport.ts';
import type { Log } from '../log.ts';
import type { ContentAccess } from './access.ts';
import { createBandwidth } from './bandwidth.ts';
import { deliver, refuse, type Delivery } from './deliver.ts';
import { createPlaceClient, PlaceError, type PlaceClient, type PlaceDeadlines } from './place-client.ts';
import type { RelayDoubts } from './relay-doubts.ts';

/** The way from this machine's package manager to content, for one order. */
export interface Gateway {
  /** `http://127.0.0.1:PORT/SECRET`; `/revisions/ID/PATH` is below it. */
  readonly baseUrl: string;
  /** The same at further loopback addresses. */
  readonly moreUrls: readonly string[];
  /** Bytes of bodies that came so far, by kind of place. */
  readonly receivedBytes: Readonly<Record<ContentPlace['kind'], number>>;
  /** From now on only the server is asked. */
  leaveRelaysOut(): void;
  /** Relays that gave bytes here gave wrong ones: other orders do not ask them for a while either. @returns their names */
  doubtRelays(): readonly string[];
  close(): Promise<void>;
}

export interface GatewayNeeds {
  /** Nothing else is asked for with this endpoint's ticket. */
  readonly revisionIds: ReadonlySet<string>;
  /** null: no limit */
  readonly bytesPerSecond: number | null;
  /** How many loopback addresses to listen on, from 127.0.0.1 up. */
  readonly addressCount: number;
}

export interface GatewayParts {
  readonly access: ContentAccess;
  readonly doubts: RelayDoubts;
  readonly trust: ServerTrust;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadlines?: PlaceDeadlines;
}

const DEADLINES: PlaceDeadlines = { connectMs: 10_000, answerMs: 150_000, idleMs: 60_000 };
/** apt opens one or two; who else comes has no business here. */
const CONNECTIONS_MAX = 32;
/** More hosts than any endpoint takes packages from. */
const ADDRESSES_MAX = 32;
/** A place that failed is asked after the others for so long. */
const SHUNNED_MS = 30_000;

/**
 * Listens on loopback until it is closed. Its address holds a secret, because other users of this machine reach loopback
 * too, and what they may read is not ours to say. The ticket is in no address and no command line.
 */
export async function startGateway(parts: GatewayParts, needs: GatewayNeeds): Promise<Gateway> {
  const { access, doubts, trust, clock, log, deadlines = DEADLINES } = parts;
  const secret = randomBytes(16).toString('hex');
  const receivedBytes = { relay: 0, server: 0 };
  const clients = new Map<string, PlaceClient>();
  const failedAtMs = new Map<string, number>();
  const relaysUsed = new Map<string, ContentPlace>();
  const ended = new AbortController();
  let relaysLeftOut = false;

  const delivery: Delivery = {
    bandwidth: createBandwidth(needs.bytesPerSecond, clock),
    clock,
    idleMs: deadlines.idleMs,
    async places() {
      const current = await access.current();
      const shunned = ({ url }: ContentPlace) =>
        clock.monotonic() - (failedAtMs.get(url) ?? Number.NEGATIVE_INFINITY) < SHUNNED_MS ? 1 : 0;
      const isLeftOut = (place: ContentPlace) => place.kind === 'relay' && (relaysLeftOut || doubts.isDoubted(place));
      const wanted = current.places.filter((place) => !isLeftOut(place));
      const places = wanted.sort((a, b) => shunned(a) - shunned(b));
      return { access: current, places, allFailed: places.every((each) => shunned(each) === 1) };
    },
    renewed: (refused) => access.instead(refused),
    client(place) {
      const key = `${place.url} ${place.certificateSha256}`;
      const client = clients.get(key) ?? createPlaceClient(place, trust, deadlines);
      clients.set(key, client);
      return client;
    },
    failed(place, error) {
      failedAtMs.set(place.url, clock.monotonic());
      log.warn(`content from ${place.kind} ${place.name}: ${error.message}`);
    },
    count(place, bytes) {
      receivedBytes[place.kind] += bytes;
      if (place.kind === 'relay') relaysUsed.set(place.url, place);
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? '', secret, needs.revisionIds);
    if (path === null) return refuse(response, 404);
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, ended.signal]);
    try {
      await deliver({ method, path: `/content${path}`, headers: request.headers, signal }, response, delivery);
    } catch (error) {
      if (!signal.aborted) log.warn(`content can't be had: ${(error as Error).message}`);
      const expected = error instanceof ServerFailure || error instanceof PlaceError;
      if (!expected && !signal.aborted) log.error((error as Error).stack ?? String(error));
      if (response.headersSent) response.destroy();
      else refuse(response, 503);
    }
  }

  const servers: Server[] = [];
  const urls: string[] = [];
  for (let at = 1; at <= Math.min(needs.addressCount, ADDRESSES_MAX); at += 1) {
    const server = createServer({ maxHeaderSize: 16_384 }, (request, response) => void answer(request, response));
    server.maxConnections = CONNECTIONS_MAX;
    const address = `127.0.0.${at}`;
    await listen(server, address);
    servers.push(server);
    urls.push(`http://${address}:${(server.address() as AddressInfo).port}/${secret}`);
  }
  const [baseUrl = '', ...moreUrls] = urls;
  return {
    baseUrl,
    moreUrls,
    receivedBytes,
    leaveRelaysOut() {
      relaysLeftOut = true;
    },
    doubtRelays() {
      const relays = [...relaysUsed.values()];
      for (const relay of relays) doubts.doubt(relay);
      return relays.map(({ name }) => name);
    },
    async close() {
      ended.abort();
      for (const client of clients.values()) client.close();
      await Promise.all(servers.map(stop));
    },
  };
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** `/revisions/ID/PATH` of an address that has the secret and asks for one of the order's revisions; null: another one. */
function pathOf(target: string, secret: string, revisionIds: ReadonlySet<string>): string | null {
  const [, claimed = '', path = '', revisionId = '', rest = ''] =
    /^\/([^/]*)(\/revisions\/([0-9a-f-]{36})\/([\x21-\x7e]+))$/.exec(target) ?? [];
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(claimed), digest(secret)) || !revisionIds.has(revisionId)) return null;
  return /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(rest) || /[?#\\]/.test(rest) ? null : path;
}
