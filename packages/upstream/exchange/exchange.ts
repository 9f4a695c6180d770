import type { LookupFunction } from 'node:net';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { printable } from '../addresses/printable.ts';
import { configuredLookup, publicLookup } from '../addresses/private-address.ts';
import { UpstreamError } from '../upstream-error.ts';
import type { Agents } from './agents.ts';

export interface ExchangeOptions {
  readonly agents: Agents;
  readonly headers: Readonly<Record<string, string>>;
  /** False: the host was named by an upstream and has to be public. */
  readonly trusted: boolean;
  /** For the connection, the TLS handshake and the header of the answer. */
  readonly answerMs: number;
  readonly signal: AbortSignal;
}

/**
 * One GET, until the answer's header. The body is the caller's, who has to read or destroy it.
 *
 * @throws UpstreamError `unreachable` without an answer in time, `refused` for a private address; Node's errors; the signal's reason
 */
export function exchange(url: URL, options: ExchangeOptions): Promise<IncomingMessage> {
  const { agents, headers, trusted, answerMs, signal } = options;
  return new Promise((resolve, reject) => {
    const common = {
      headers,
      signal,
      lookup: trusted ? configuredLookup : publicLookupBut(agents.proxyHost),
    };
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...common, agent: agents.https })
        : httpRequest(url, { ...common, agent: agents.http });
    const timer = setTimeout(() => {
      request.destroy(
        new UpstreamError('unreachable', `${printable(url)} has not answered within ${answerMs / 1000} s`),
      );
    }, answerMs);
    request.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(signal.aborted ? signal.reason : error);
    });
    request.end();
  });
}

/** A proxy may be inside; what is asked past it (NO_PROXY names inner hosts) may not be because an upstream says so. */
function publicLookupBut(proxyHost: string | null): LookupFunction {
  return (hostname, options, callback) =>
    (hostname === proxyHost ? configuredLookup : publicLookup)(hostname, options, callback);
}
