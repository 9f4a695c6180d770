import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { getCACertificates, rootCertificates, type ConnectionOptions } from 'node:tls';

/** One exchange with the server. Nothing here knows about signatures. */
export interface Transport {
  /** @throws TransportError when there is no whole reply: nothing is known about what the server did. */
  exchange(request: Exchange): Promise<Reply>;
  close(): void;
}

export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** For everything, from the look-up of the name to the last byte. */
  readonly deadlineMs: number;
  readonly maxReplyBytes: number;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export class TransportError extends Error {
  readonly code: 'unreachable' | 'untrusted' | 'timeout' | 'cut-off' | 'too-large' | 'aborted';
  constructor(code: TransportError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Idle connections are kept for less than servers and middle boxes usually keep theirs. */
const KEEP_ALIVE_MS = 45_000;

export interface ServerTrust {
  /** Only this certificate is trusted; null: what the system trusts. */
  readonly certificatePem: string | null;
}

export interface TransportOptions extends ServerTrust {
  readonly url: URL;
}

/** HTTPS only. The server's name is checked by Node (RFC 9525) against the certificate, pinned or not. */
export function createTransport({ url, certificatePem }: TransportOptions): Transport {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const agent = new Agent({
    keepAlive: true,
    keepAliveMsecs: 15_000,
    // One for each lane.
    maxSockets: 2,
    timeout: KEEP_ALIVE_MS,
    scheduling: 'lifo',
    ...agentTrust({ certificatePem }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  return {
    exchange: (request) => exchange(agent, host, Number(url.port === '' ? 443 : url.port), request),
    close: () => agent.destroy(),
  };
}

/** Whom this endpoint takes for its server. */
export function agentTrust({ certificatePem }: ServerTrust): ConnectionOptions {
  return {
    ca: certificatePem === null ? systemTrust() : [certificatePem],
    // The pinned certificate may be the server's own, or one in the middle of its chain.
    ...(certificatePem === null ? {} : { allowPartialTrustChain: true }),
    minVersion: 'TLSv1.2',
  };
}

function systemTrust(): string[] {
  return [...new Set([...rootCertificates, ...getCACertificates('system'), ...getCACertificates('extra')])];
}

function exchange(agent: Agent, host: string, port: number, wanted: Exchange): Promise<Reply> {
  const { method, target, headers, body, deadlineMs, maxReplyBytes, signal } = wanted;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(new TransportError('aborted', 'aborted'));
    const request = httpsRequest({
      agent,
      host,
      port,
      method,
      path: target,
      headers: { ...headers, 'content-length': body.byteLength },
    });
    let ended = false;
    const end = (finish: () => void) => {
      if (ended) return;
      ended = true;
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
      finish();
    };
    const fail = (error: TransportError) =>
      end(() => {
        request.destroy();
        reject(error);
      });
    // A timer of our own: it also covers a look-up that hangs and a route that vanishes without a reset.
    const deadline = setTimeout(
      () => fail(new TransportError('timeout', `no reply within ${deadlineMs} ms`)),
      deadlineMs,
    );
    const onAbort = () => fail(new TransportError('aborted', 'aborted'));
    signal?.addEventListener('abort', onAbort, { once: true });
    request.on('error', (cause) => fail(describe(cause, request.reusedSocket)));
    request.on('response', (response) => {
      readBody(response, maxReplyBytes).then(
        (read) => end(() => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read })),
        (error: unknown) => fail(error instanceof TransportError ? error : describe(error as Error, false)),
      );
    });
    request.end(body);
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    sizeBytes += part.byteLength;
    if (sizeBytes > maxBytes) throw new TransportError('too-large', `the reply has more than ${maxBytes} bytes`);
    parts.push(part);
  }
  if (!response.complete) throw new TransportError('cut-off', 'the reply ended before its end');
  return Buffer.concat(parts);
}

/** OpenSSL's verification codes and Node's own name check; all else is the network. */
const UNTRUSTED =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH)/;

function describe(cause: Error, reused: boolean): TransportError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (UNTRUSTED.test(code))
    return new TransportError('untrusted', `the server's certificate: ${cause.message}`, { cause });
  // A kept connection that the server closed meanwhile: worth another try at once.
  const message = cause.message === '' ? code : cause.message;
  return new TransportError(reused ? 'cut-off' : 'unreachable', message, { cause });
}
