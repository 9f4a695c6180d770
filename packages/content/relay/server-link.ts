import type { IncomingMessage } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type RelayHello, RelayWelcome } from '@thimble/protocol';
import { askable } from '@thimble/upstream';
import { Value } from 'typebox/value';
import { ContentFault } from '../model/index.ts';
import type { ContentProblem } from '../serving/index.ts';
import type { KnownFile } from './known-addresses.ts';
import { RelayError } from './relay-error.ts';

export interface ServerLinkSettings {
  /** Of the server, without a path. */
  readonly upstream: URL;
  readonly token: string;
  /** PEM of the certificate to trust; null: the usual ones. */
  readonly ca: string | null;
}

/** What a relay says to its server and asks of it. A resource: close it. */
export interface ServerLink {
  /** @throws RelayError `unreachable`, `refused`, `malformed` */
  hello(hello: RelayHello): Promise<RelayWelcome>;
  /** What is at an address, asked in the client's own name. @throws RelayError `unreachable` */
  look(target: string, authorization: string | null): Promise<({ readonly kind: 'file' } & KnownFile) | ContentProblem>;
  /** The bytes at an address, in the relay's name. @throws ContentFault `unreachable` */
  read(target: string, range: string | null): Promise<IncomingMessage>;
  /** Where the acquirer gets it, with the relay's own credentials. */
  address(target: string): URL;
  /** Also ends what is under way. */
  close(): void;
}

/** 100,000 removed endpoints and 10,000 blocked files have some 12 MB. */
const WELCOME_LIMIT_BYTES = 32 * 1024 * 1024;
/** For the connection and the header of an answer: a server that has to ask its own upstream answers HEAD without it. */
const ANSWER_MS = 20_000;
/** Silence while a body comes: the server itself may be waiting for its upstream. */
const SILENCE_MS = 60_000;
/** As large as a file may be said to be. */
const SIZE_LIMIT = 2 ** 42;

export function openServerLink({ upstream, token, ca }: ServerLinkSettings): ServerLink {
  const secure = upstream.protocol === 'https:';
  const { lookup } = askable(upstream.hostname);
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, ...(ca === null ? {} : { ca }) })
    : new HttpAgent({ keepAlive: true });
  const send = (
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<IncomingMessage> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const open = secure ? httpsRequest : httpRequest;
    const request = open(new URL(target, upstream), {
      method,
      headers,
      timeout: SILENCE_MS,
      agent,
      lookup,
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS);
    request.on('timeout', () => request.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)));
    request.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.on('error', (cause) => {
      clearTimeout(timer);
      reject(new RelayError('unreachable', `${upstream.origin} can’t be reached: ${cause.message}`, { cause }));
    });
    request.end(body);
    return promise;
  };
  const own = { authorization: `Bearer ${token}` };
  return {
    hello: async (hello) => {
      const response = await send(
        'POST',
        '/api/v1/relay/hello',
        { ...own, accept: 'application/json', 'content-type': 'application/json' },
        JSON.stringify(hello),
      );
      const text = await readText(response, upstream);
      if (response.statusCode !== 200)
        throw new RelayError(
          'refused',
          `${upstream.origin} answers ${response.statusCode}: ${text.slice(0, 300)}${response.statusCode === 401 ? ' Is the token right, and was this relay not removed?' : ''}`,
        );
      const value = parse(text);
      if (!Value.Check(RelayWelcome, value))
        throw new RelayError('malformed', `${upstream.origin} answers something else than a server of this version`);
      return value;
    },
    look: async (target, authorization) => {
      const response = await send('HEAD', target, authorization === null ? {} : { authorization });
      response.resume();
      return response.statusCode === 200 ? fileOf(response) : problemOf(response);
    },
    read: async (target, range) => {
      const response = await send('GET', target, range === null ? own : { ...own, range }).catch((cause: unknown) => {
        throw new ContentFault('unreachable', cause instanceof Error ? cause.message : String(cause), { cause });
      });
      if (response.statusCode === (range === null ? 200 : 206)) return response;
      response.destroy();
      throw new ContentFault('unreachable', `${upstream.origin} answers ${response.statusCode} for ${target}`);
    },
    address: (target) => {
      const url = new URL(target, upstream);
      url.username = 'relay';
      url.password = token;
      return url;
    },
    close: () => agent.destroy(),
  };
}

function fileOf({ headers }: IncomingMessage): ({ readonly kind: 'file' } & KnownFile) | ContentProblem {
  const sizeBytes = /^\d{1,13}$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : NaN;
  if (!(sizeBytes <= SIZE_LIMIT)) return odd('does not say how large the file is');
  const sha256 = /^"([0-9a-f]{64})"$/.exec(headers.etag ?? '')?.[1] ?? null;
  const modifiedMs = Date.parse(headers['last-modified'] ?? '');
  const type = headers['content-type'] ?? '';
  return {
    kind: 'file',
    sha256,
    sizeBytes,
    contentType: /^[\w.+-]+\/[\w.+-]+(; ?charset=[\w-]+)?$/.test(type) ? type : 'application/octet-stream',
    lastModified: Number.isNaN(modifiedMs) ? null : new Date(modifiedMs),
    immutable: /\bimmutable\b/.test(headers['cache-control'] ?? ''),
  };
}

const REFUSALS: ReadonlyMap<number, readonly [code: string, detail: string]> = new Map([
  [400, ['unsafe-path', 'The server refuses this address.']],
  [401, ['unauthorised', 'The server does not take this ticket.']],
  [403, ['forbidden', 'The server does not let this ticket read here.']],
  [404, ['not-found', 'There is nothing at this address.']],
  [451, ['blocked', 'This file was recalled.']],
]);

function problemOf({ statusCode = 0, headers }: IncomingMessage): ContentProblem {
  const [code, detail] = REFUSALS.get(statusCode) ?? [];
  if (code === undefined || detail === undefined) return odd(`answers ${statusCode}`);
  const challenge = headers['www-authenticate'];
  return {
    kind: 'problem',
    status: statusCode,
    code,
    detail,
    ...(challenge === undefined ? {} : { headers: { 'www-authenticate': challenge } }),
  };
}

function odd(what: string): ContentProblem {
  return {
    kind: 'problem',
    status: 502,
    code: 'bad-upstream',
    side: 'remote',
    detail: `The server ${what}.`,
    headers: { 'retry-after': '30' },
  };
}

async function readText(response: IncomingMessage, upstream: URL): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > WELCOME_LIMIT_BYTES)
        throw new RelayError('malformed', `${upstream.origin} answers with more than ${WELCOME_LIMIT_BYTES} bytes`);
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof RelayError) throw cause;
    throw new RelayError('unreachable', `${upstream.origin} broke off its answer`, { cause });
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
