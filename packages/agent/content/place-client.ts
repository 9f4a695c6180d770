import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { ContentPlace } from '@thimble/protocol';
import { agentTrust, type ServerTrust } from '../connection/transport.ts';

/** A relay or the server, over TLS to whoever is pinned. Keeps a few connections open. */
export interface PlaceClient {
  /**
   * Resolves with the head of the answer; the body is the caller's to read.
   *
   * @throws PlaceError
   */
  ask(wanted: PlaceRequest): Promise<IncomingMessage>;
  close(): void;
}

export interface PlaceRequest {
  readonly method: 'GET' | 'HEAD';
  /** From `/content/` on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface PlaceDeadlines {
  readonly connectMs: number;
  /** From the request to the head of its answer: a server may have to fetch first. */
  readonly answerMs: number;
  /** Without a byte of the body. */
  readonly idleMs: number;
}

/** Nothing usable came, and the next place is asked. */
export class PlaceError extends Error {}

/** apt opens one connection and sends four requests ahead. */
const SOCKETS_MAX = 6;

/** @throws PlaceError when its address is no https address */
export function createPlaceClient(place: ContentPlace, trust: ServerTrust, deadlines: PlaceDeadlines): PlaceClient {
  const url = URL.canParse(place.url) ? new URL(place.url) : null;
  if (url?.protocol !== 'https:') throw new PlaceError(`${place.name} has no https address`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const agent = new PlaceAgent(host, place.certificateSha256, trust, deadlines.connectMs);
  const base = url.pathname.replace(/\/+$/, '');
  const send = ({ method, path, headers, signal }: PlaceRequest) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpsRequest({ agent, host, port: url.port, method, path: base + path, headers, signal });
      let deadline: NodeJS.Timeout | undefined;
      // Those that wait for a connection of ours are not the place's fault.
      request.once('socket', () => {
        const late = () => request.destroy(new PlaceError(`no answer within ${deadlines.answerMs} ms`));
        deadline = setTimeout(late, deadlines.answerMs);
      });
      request.on('error', (cause: NodeJS.ErrnoException) => {
        clearTimeout(deadline);
        // The other side closed a connection that we kept: it says nothing about the place.
        const stale = request.reusedSocket && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
        reject(
          stale
            ? new StaleConnection()
            : cause instanceof PlaceError
              ? cause
              : new PlaceError(cause.message, { cause }),
        );
      });
      request.on('response', (response) => {
        clearTimeout(deadline);
        resolve(response);
      });
      request.end();
    });
  return {
    async ask(wanted) {
      for (let left = SOCKETS_MAX; ; left -= 1) {
        try {
          return await send(wanted);
        } catch (error) {
          if (!(error instanceof StaleConnection)) throw error;
          if (left === 0) throw new PlaceError('it closes its connections');
        }
      }
    },
    close: () => agent.destroy(),
  };
}

class StaleConnection extends Error {}

/** Hands a connection out only after the other side has proven to be the right one: a ticket is never sent to another. */
class PlaceAgent extends Agent {
  readonly #options: ConnectionOptions;
  readonly #certificateSha256: string | null;
  readonly #connectMs: number;

  constructor(host: string, certificateSha256: string | null, trust: ServerTrust, connectMs: number) {
    super({
      keepAlive: true,
      maxSockets: SOCKETS_MAX,
      maxFreeSockets: SOCKETS_MAX,
      scheduling: 'lifo',
      maxCachedSessions: 0,
    });
    const name = isIP(host) === 0 ? { servername: host } : {};
    // A pinned certificate is compared whole instead: nobody has to vouch for it, and no name has to be in it.
    this.#options =
      certificateSha256 === null
        ? { ...agentTrust(trust), ...name }
        : { rejectUnauthorized: false, minVersion: 'TLSv1.2', ...name };
    this.#certificateSha256 = certificateSha256;
    this.#connectMs = connectMs;
  }

  override createConnection(
    options: RequestOptions,
    done?: (error: Error | null, socket: Socket) => void,
  ): Socket | null | undefined {
    const socket = connect({ ...this.#options, host: options.host ?? '', port: Number(options.port) || 443 });
    let told = false;
    const tell = (error: Error | null) => {
      if (told) return;
      told = true;
      clearTimeout(deadline);
      if (error !== null) socket.destroy();
      // Node passes no socket along with an error.
      (done as ((error: Error | null, socket?: Socket) => void) | undefined)?.(
        error,
        error === null ? socket : undefined,
      );
    };
    const deadline = setTimeout(
      () => tell(new PlaceError(`no connection within ${this.#connectMs} ms`)),
      this.#connectMs,
    );
    socket.once('error', tell);
    socket.once('close', () => tell(new PlaceError('the connection was closed')));
    socket.once('secureConnect', () => tell(this.#whyWrong(socket)));
    return undefined;
  }

  #whyWrong(socket: TLSSocket): Error | null {
    if (this.#certificateSha256 === null) return null;
    const certificate = socket.getPeerX509Certificate();
    const sha256 = certificate === undefined ? 'none' : createHash('sha256').update(certificate.raw).digest('hex');
    return sha256 === this.#certificateSha256 ? null : new PlaceError(`it presented another certificate: ${sha256}`);
  }
}
