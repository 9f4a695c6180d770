import type { IncomingMessage } from 'node:http';
import { FeedError, type FeedRequest } from '@thimble/advisories';
import {
  adviceForStatus,
  type Agents,
  ask,
  configuredBase,
  isLocalError,
  printable,
  retryAfterMs,
  transferError,
  UpstreamError,
} from '@thimble/upstream';
import type { Validator } from '../store.ts';
import { asFeedError } from '../upstream-fault.ts';
import type { Address } from './address.ts';
import { download } from './download.ts';
import { type FetchLimits, PACKING_OVERHEAD_BYTES, RETRY_AFTER_LIMIT_MS } from './limits.ts';

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
    const asked = await ask(url, {
      addresses: configuredBase(address.base),
      agents: options.agents,
      headers: headersOf(options),
      answerMs: options.limits.answerMs,
      signal: options.signal,
    });
    ({ url } = asked);
    return await answerOf(url, asked.response, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof FeedError || isLocalError(error)) throw error;
    const failure = error instanceof UpstreamError ? error : transferError(url, error);
    if (failure.code !== 'broken') throw asFeedError(failure);
    return { kind: 'again', error: asFeedError(failure), afterMs: null };
  }
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

async function answerOf(url: URL, response: IncomingMessage, options: AttemptOptions): Promise<Answer> {
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return body(url, response, options);
  response.destroy();
  if (statusCode === 304) {
    if (options.validator !== null) return { kind: 'unchanged' };
    throw new FeedError('unreachable', `${printable(url)} says “not modified” to a request that did not ask whether`);
  }
  if ((statusCode === 404 || statusCode === 410) && options.request.optional === true) return { kind: 'absent' };
  const error = new FeedError('unreachable', `${printable(url)} answers ${statusCode}. ${adviceForStatus(statusCode)}`);
  if (statusCode !== 429 && statusCode < 500) throw error;
  const afterMs = retryAfterMs(headers['retry-after'], Date.now());
  if (afterMs === null || afterMs <= RETRY_AFTER_LIMIT_MS) return { kind: 'again', error, afterMs };
  throw new FeedError(
    'unreachable',
    `${printable(url)} answers ${statusCode} and asks to wait ${Math.ceil(afterMs / 60_000)} minutes. Try again then.`,
  );
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
