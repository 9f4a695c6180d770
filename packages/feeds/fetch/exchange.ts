import { type Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { FeedError } from '@thimble/advisories';
import { printable } from './address.ts';
import { publicLookup } from './private-address.ts';

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** A proxy resolves names itself: its own address is what would be looked up here. */
  readonly proxied: boolean;
}

export interface ExchangeOptions {
  readonly agents: Agents;
  readonly headers: Readonly<Record<string, string>>;
  /** False: the host was named by an upstream and has to be public. */
  readonly trusted: boolean;
  readonly answerMs: number;
  readonly signal: AbortSignal;
}

/**
 * One GET, until the answer's header. The body is the caller's, who has to read or destroy it.
 *
 * @throws FeedError `unreachable` without an answer in time, or for a private address; Node's errors; the signal's reason
 */
export function exchange(url: URL, options: ExchangeOptions): Promise<IncomingMessage> {
  const { agents, headers, trusted, answerMs, signal } = options;
  return new Promise((resolve, reject) => {
    const common = {
      headers,
      signal,
      ...(trusted || agents.proxied ? {} : { lookup: publicLookup }),
    };
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...common, agent: agents.https })
        : httpRequest(url, { ...common, agent: agents.http });
    const timer = setTimeout(() => {
      request.destroy(new FeedError('unreachable', `${printable(url)} has not answered within ${answerMs / 1000} s`));
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

/** What Node says of a connection, in words with what to do. */
export function transferError(url: URL, error: unknown): FeedError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  const advice =
    ADVICE.find(([pattern]) => pattern.test(code))?.[1] ?? 'Check the network, and the proxy if one is needed.';
  return new FeedError('unreachable', `${printable(url)}: ${reason || code}. ${advice}`, { cause: error });
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^(ENOTFOUND|EAI_)/, 'Its name can’t be resolved: check DNS, the base address, or whether a proxy is needed.'],
  [
    /CERT|SELF_SIGNED|^ERR_TLS|UNABLE_TO_/,
    'Its certificate is not trusted: name the CA in NODE_EXTRA_CA_CERTS if it is your own mirror’s.',
  ],
  [/^(ECONNRESET|ERR_STREAM_PREMATURE_CLOSE|HPE_)/, 'The transfer broke off; it is tried again next time.'],
];
