import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConnectionError } from './client-error.ts';
import { fetchPinnedCa, normaliseFingerprint } from './pinned-ca.ts';
import { describeTarget, type Place } from './target.ts';

/** Replies of the API are documents of at most 32 MiB; evidence of a large run may be a few of them. */
export const REPLY_LIMIT_BYTES = 256 * 1024 * 1024;

/** A file that is sent as it is, however large. */
export interface Upload {
  readonly stream: Readable;
  readonly sizeBytes: number;
}

export interface Exchange {
  readonly method: string;
  /** Absolute path with query. */
  readonly path: string;
  /** A text is JSON. */
  readonly body?: string | Upload | undefined;
  readonly accept: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest silence of the connection; undefined: none is too long (a stream of events). */
  readonly silenceMs: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens one exchange with the server; the reply's body is still to be read. */
export type Transport = (exchange: Exchange) => Promise<IncomingMessage>;

export function makeTransport(target: Place): Transport {
  if (target.kind === 'socket')
    return (exchange) => send(target, exchange, { socketPath: target.path, host: 'localhost' });
  const { url } = target;
  const where: RequestOptions = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port,
  };
  let pinned: Promise<HttpsAgent> | undefined;
  return async (exchange) => {
    if (url.protocol !== 'https:') return await send(target, exchange, where);
    pinned ??= trustedAgent(url, target.caFingerprint);
    return await send(target, exchange, { ...where, agent: await pinned });
  };
}

async function trustedAgent(url: URL, fingerprint: string | undefined): Promise<HttpsAgent> {
  if (fingerprint === undefined) return new HttpsAgent({ keepAlive: true });
  const normal = normaliseFingerprint(fingerprint);
  if (normal === undefined)
    throw new ConnectionError('untrusted-certificate', `${JSON.stringify(fingerprint)} is not a SHA-256 fingerprint`, {
      hint: 'It has 64 hexadecimal digits; colons between them are fine.',
    });
  return new HttpsAgent({ keepAlive: true, ca: await fetchPinnedCa(url, normal) });
}

function send(target: Place, exchange: Exchange, where: RequestOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers: Record<string, string> = {
    ...exchange.headers,
    accept: exchange.accept,
    'user-agent': 'thimble-cli',
  };
  if (target.kind === 'url' && target.token !== undefined) headers['authorization'] = `Bearer ${target.token}`;
  const { body } = exchange;
  if (body !== undefined) {
    headers['content-type'] = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
    headers['content-length'] = String(typeof body === 'string' ? Buffer.byteLength(body) : body.sizeBytes);
  }
  const open = target.kind === 'url' && target.url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = open(
    {
      ...where,
      method: exchange.method,
      path: exchange.path,
      headers,
      ...(exchange.silenceMs === undefined ? {} : { timeout: exchange.silenceMs }),
      ...(exchange.signal === undefined ? {} : { signal: exchange.signal }),
    },
    resolve,
  );
  request.on('timeout', () => {
    request.destroy(new ConnectionError('timeout', `${describeTarget(target)} did not answer in time`));
  });
  request.on('error', (cause: NodeJS.ErrnoException) => reject(explain(target, cause, exchange.signal)));
  if (body === undefined || typeof body === 'string') request.end(body);
  // A server that refuses answers before it has read all: its answer counts, not that it stopped reading.
  else
    pipeline(body.stream, request).catch((cause: NodeJS.ErrnoException) => reject(explain(target, cause, undefined)));
  return promise;
}

function explain(target: Place, cause: NodeJS.ErrnoException, signal: AbortSignal | undefined): Error {
  if (cause instanceof ConnectionError || signal?.aborted === true) return cause;
  if (target.kind === 'socket') {
    if (cause.code === 'EACCES')
      return new ConnectionError('not-permitted', `${target.path} can't be opened: permission denied`, {
        hint: 'Use the account that runs the server (or sudo), or give --server and --token.',
        cause,
      });
    return new ConnectionError('no-server', `no server runs on this machine (${target.path})`, {
      hint: 'Start one with `npm start` or `thimble serve`, or name another with --server URL and --token TOKEN (THIMBLE_SERVER, THIMBLE_TOKEN).',
      cause,
    });
  }
  if (isCertificateFault(cause.code))
    return new ConnectionError(
      'untrusted-certificate',
      `the certificate of ${target.url.origin} is not trusted: ${cause.message}`,
      {
        hint: 'Give the fingerprint of its CA, which the server prints when it starts: --ca-fingerprint F (THIMBLE_CA_FINGERPRINT).',
        cause,
      },
    );
  return new ConnectionError('unreachable', `${target.url.origin} can't be reached: ${cause.message}`, {
    hint: 'Is the server running, and is this its address?',
    cause,
  });
}

function isCertificateFault(code: string | undefined): boolean {
  return code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(code);
}

/** The whole body as text. */
export async function readBody(reply: IncomingMessage, limitBytes = REPLY_LIMIT_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) {
      reply.destroy();
      throw new ConnectionError('reply-too-large', `the reply has more than ${limitBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
