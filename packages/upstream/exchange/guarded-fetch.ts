import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { assertAllowed, type ConfiguredAddresses } from '../addresses/allowed-address.ts';
import { printable } from '../addresses/printable.ts';
import { configuredLookup, publicLookup } from '../addresses/private-address.ts';
import { UpstreamError } from '../upstream-error.ts';
import { transferError } from './transfer-error.ts';

export interface GuardedFetchSettings {
  readonly addresses: ConfiguredAddresses;
  /** For the whole exchange. */
  readonly deadlineMs: number;
  readonly bodyLimitBytes: number;
  /** Certificates (PEM) to trust instead of the usual ones. */
  readonly ca?: string;
}

/** What callers of fetch give; of bodies only what is whole at once. */
export interface GuardedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | Uint8Array | null | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

export type GuardedFetch = (url: string | URL, request?: GuardedRequest) => Promise<Response>;

/**
 * A `fetch` for libraries that want one. Only what was configured and what is public is asked, with the address that was looked at;
 * redirects are the caller's, whose next request is looked at again; answers are limited in bytes and time.
 *
 * @throws (from the fetch) UpstreamError `refused`, `unreachable`, `broken`, `too-large`; the signal's reason
 */
export function createGuardedFetch(settings: GuardedFetchSettings): GuardedFetch {
  return async (address, request = {}) => {
    const url = new URL(address);
    assertAllowed(url, settings.addresses);
    const late = AbortSignal.timeout(settings.deadlineMs);
    const signal = AbortSignal.any([late, ...(request.signal ? [request.signal] : [])]);
    try {
      const answer = await sent(url, request, settings, signal);
      const body = await bodyOf(answer, url, settings.bodyLimitBytes);
      const status = answer.statusCode ?? 0;
      // Statuses that have no body (Fetch standard, "null body status").
      const hasBody = status !== 204 && status !== 205 && status !== 304;
      return new Response(hasBody ? body : null, { status, headers: headersOf(answer.headers) });
    } catch (error) {
      if (late.aborted)
        throw new UpstreamError(
          'unreachable',
          `${printable(url)} has not answered within ${settings.deadlineMs / 1000} s`,
        );
      request.signal?.throwIfAborted();
      throw error instanceof UpstreamError ? error : transferError(url, error);
    }
  };
}

function sent(
  url: URL,
  { method = 'GET', headers = {}, body }: GuardedRequest,
  { addresses, ca }: GuardedFetchSettings,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const lookup = addresses.isTrusted(url) ? configuredLookup : publicLookup;
  const options = { method, headers, signal, lookup, agent: false, ...(ca === undefined ? {} : { ca }) };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
  request.once('response', resolve);
  request.on('error', reject);
  request.end(body instanceof URLSearchParams ? body.toString() : (body ?? undefined));
  return promise;
}

async function bodyOf(answer: IncomingMessage, url: URL, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes)
        throw new UpstreamError('too-large', `${printable(url)} answers with more than ${limitBytes} bytes`);
      chunks.push(chunk);
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
}

function headersOf(headers: IncomingHttpHeaders): Headers {
  const given = new Headers();
  for (const [name, value] of Object.entries(headers))
    for (const each of [value ?? []].flat()) given.append(name, each);
  return given;
}
