import type { IncomingMessage } from 'node:http';
import { assertAllowed, type ConfiguredAddresses } from '../addresses/allowed-address.ts';
import { printable } from '../addresses/printable.ts';
import { UpstreamError } from '../upstream-error.ts';
import { exchange, type ExchangeOptions } from './exchange.ts';
import { transferError } from './transfer-error.ts';

/** RFC 9110 names five as what older clients allowed; nobody needs more. */
export const REDIRECTS_LIMIT = 5;

export interface AskOptions extends Omit<ExchangeOptions, 'trusted'> {
  readonly addresses: ConfiguredAddresses;
}

export interface Asked {
  /** Where the answer came from, after the redirects. */
  readonly url: URL;
  /** Its body is the caller's, who has to read or destroy it. */
  readonly response: IncomingMessage;
}

/**
 * A GET along its redirects, each of which has to be allowed, until an answer that is none.
 *
 * @throws UpstreamError `unreachable`, `broken`, `refused`; the signal's reason
 */
export async function ask(start: URL, { addresses, ...options }: AskOptions): Promise<Asked> {
  let url = start;
  for (let count = 0; count <= REDIRECTS_LIMIT; count += 1) {
    assertAllowed(url, addresses);
    const response = await exchanged(url, { ...options, trusted: addresses.isTrusted(url) });
    if (!isRedirect(response)) return { url, response };
    response.destroy();
    url = redirected(url, response);
  }
  throw new UpstreamError('unreachable', `${printable(start)} redirects more than ${REDIRECTS_LIMIT} times`);
}

async function exchanged(url: URL, options: ExchangeOptions): Promise<IncomingMessage> {
  try {
    return await exchange(url, options);
  } catch (error) {
    options.signal.throwIfAborted();
    throw error instanceof UpstreamError ? error : transferError(url, error);
  }
}

function isRedirect({ statusCode }: IncomingMessage): boolean {
  return statusCode !== undefined && [301, 302, 303, 307, 308].includes(statusCode);
}

function redirected(url: URL, { headers }: IncomingMessage): URL {
  const next = URL.parse(headers.location ?? '', url.href);
  if (headers.location === undefined || next === null)
    throw new UpstreamError('unreachable', `${printable(url)} redirects to nowhere`);
  next.username = '';
  next.password = '';
  return next;
}
