import type { IncomingMessage } from 'node:http';
import { FeedError, type FeedRequest } from '@thimble/advisories';
import type { Validator } from '../store.ts';
import { type Address, assertAllowed, isTrusted, printable } from './address.ts';
import { download } from './download.ts';
import { type Agents, exchange, transferError } from './exchange.ts';
import { type FetchLimits, PACKING_OVERHEAD_BYTES, REDIRECTS_LIMIT, RETRY_AFTER_LIMIT_MS } from './limits.ts';

export interface AttemptOptions {
  readonly request: FeedRequest;
  readonly validator: Validator | null;
  readonly agents: Agents;
  readonly limits: FetchLimits;
  readonly userAgent: string;
  /** Where the next download is written. */
  readonly newPath: () => string;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export type Answer =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly bytes: number;
      readonly validator: Validator;
      /** Other than the request's when the transfer itself was packed. */
      readonly packing: FeedRequest['packing'];
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'absent' }
  /** It may work another time; null: after the usual wait. */
  | { readonly kind: 'again'; readonly error: FeedError; readonly afterMs: number | null };

/** One attempt, along its redirects. @throws FeedError for what another attempt would not change */
export async function attempt(address: Address, options: AttemptOptions): Promise<Answer> {
  let { url } = address;
  try {
    for (let count = 0; count <= REDIRECTS_LIMIT; count += 1) {
      const response = await exchange(url, {
        agents: options.agents,
        headers: headersOf(options),
        trusted: isTrusted(url, address.base),
        answerMs: options.limits.answerMs,
        signal: options.signal,
      });
      if (!isRedirect(response)) return await answerOf(url, response, options);
      response.destroy();
      url = redirected(url, response);
      assertAllowed(url, address.base);
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof FeedError || isLocalError(error)) throw error;
    // A name that nobody knows is not known in a second either; waiting for each feed would take minutes without Internet.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTFOUND') throw transferError(url, error);
    return { kind: 'again', error: transferError(url, error), afterMs: null };
  }
  throw new FeedError('unreachable', `${printable(address.url)} redirects more than ${REDIRECTS_LIMIT} times`);
}

function headersOf({ userAgent, validator }: AttemptOptions): Readonly<Record<string, string>> {
  return {
    'user-agent': userAgent,
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(validator?.etag == null ? {} : { 'if-none-match': validator.etag }),
    ...(validator?.lastModified == null ? {} : { 'if-modified-since': validator.lastModified }),
  };
}

function isRedirect({ statusCode }: IncomingMessage): boolean {
  return statusCode !== undefined && [301, 302, 303, 307, 308].includes(statusCode);
}

function redirected(url: URL, { headers }: IncomingMessage): URL {
  const next = URL.parse(headers.location ?? '', url.href);
  if (headers.location === undefined || next === null)
    throw new FeedError('unreachable', `${printable(url)} redirects to nowhere`);
  next.username = '';
  next.password = '';
  return next;
}

async function answerOf(url: URL, response: IncomingMessage, options: AttemptOptions): Promise<Answer> {
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return body(url, response, options);
  response.destroy();
  if (statusCode === 304) {
    if (options.validator !== null) return { kind: 'unchanged' };
    throw new FeedError('unreachable', `${printable(url)} says “not modified” to a request that did not ask whether`);
  }
  if ((statusCode === 404 || statusCode === 410) && options.request.optional === true) return { kind: 'absent' };
  const error = new FeedError('unreachable', `${printable(url)} answers ${statusCode}. ${adviceFor(statusCode)}`);
  if (statusCode !== 429 && statusCode < 500) throw error;
  const afterMs = retryAfterMs(headers['retry-after']);
  if (afterMs === null || afterMs <= RETRY_AFTER_LIMIT_MS) return { kind: 'again', error, afterMs };
  throw new FeedError(
    'unreachable',
    `${printable(url)} answers ${statusCode} and asks to wait ${Math.ceil(afterMs / 60_000)} minutes. Try again then.`,
  );
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return 'It wants a sign-in or refuses this address.';
  if (status === 407) return 'The proxy wants a user name and password: put them into its address.';
  if (status === 404 || status === 410) return 'The document is not there: check the base address.';
  if (status === 429) return 'It is asked too often; try again later.';
  return status >= 500 ? 'It has a problem of its own; try again later.' : 'That is no document.';
}

async function body(url: URL, response: IncomingMessage, options: AttemptOptions): Promise<Answer> {
  const { headers } = response;
  const { request } = options;
  const limitBytes = request.packing === 'plain' ? request.limitBytes : request.limitBytes + PACKING_OVERHEAD_BYTES;
  const name = printable(url);
  try {
    if (Number(headers['content-length']) > limitBytes)
      throw new FeedError('too-large', `${name} has ${headers['content-length']} bytes, only ${limitBytes} are read`);
    const packing = transferPacking(name, request.packing, headers['content-encoding']);
    const { path, bytes, sha256 } = await download(response, {
      path: options.newPath(),
      name,
      limitBytes,
      idleMs: options.limits.idleMs,
      onBytes: options.onBytes,
    });
    const validator = { etag: headers.etag ?? null, lastModified: headers['last-modified'] ?? null, sha256 };
    return { kind: 'file', path, bytes, validator, packing };
  } finally {
    response.destroy();
  }
}

/** Asked not to, some pack the transfer all the same; others call a `.gz` file's own packing that of the transfer. */
function transferPacking(
  name: string,
  packing: FeedRequest['packing'],
  encoding: string | undefined,
): FeedRequest['packing'] {
  if (encoding === undefined || encoding === 'identity') return packing;
  const isGzip = encoding === 'gzip' || encoding === 'x-gzip';
  if (isGzip && packing === 'plain') return 'gzip';
  if (isGzip && (packing === 'gzip' || packing === 'tar.gz')) return packing;
  throw new FeedError('unsupported', `${name} comes packed as ${encoding}, which was not asked for`);
}

/** RFC 9110 section 10.2.3: seconds, or a date. Null: not given or not understood. */
function retryAfterMs(value: string | undefined): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

/** Of the disk that downloads are written to: asking again would not help. */
function isLocalError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  if ('path' in error) return true;
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EFBIG'].includes(String(error.code));
}
