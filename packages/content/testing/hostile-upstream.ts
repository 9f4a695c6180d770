import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerFile, type HonestFile } from './honest-file.ts';

/** How an upstream answers for one path. */
export type UpstreamBehaviour =
  | HonestFile
  /** Says that it has only the first bytes, and sends these. */
  | { readonly kind: 'truncated'; readonly bytes: Uint8Array; readonly at: number }
  /** Announces what was asked for, and cuts the connection after so many bytes of each answer. */
  | { readonly kind: 'cut'; readonly bytes: Uint8Array; readonly after: number }
  /** The same without a word, and with the connection open. */
  | { readonly kind: 'silent'; readonly bytes: Uint8Array; readonly after: number }
  /** Zeros without end. */
  | { readonly kind: 'endless' }
  /** A byte at a time, for as long as somebody reads. */
  | { readonly kind: 'slow'; readonly bytes: Uint8Array; readonly everyMs: number }
  | { readonly kind: 'announces'; readonly sizeBytes: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Answers every request, also for the rest of a file, with its first bytes as a part. */
  | { readonly kind: 'wrong-range'; readonly bytes: Uint8Array }
  /** The first request gets the first, the second the second …; the last one stays. */
  | { readonly kind: 'in-turn'; readonly behaviours: readonly UpstreamBehaviour[] }
  /** Waits to be let go on; who asks meanwhile waits, too. */
  | { readonly kind: 'held'; readonly until: Promise<unknown>; readonly next: UpstreamBehaviour };

export interface HostileUpstream {
  /** Ends in a slash. */
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  readonly set: (path: string, behaviour: UpstreamBehaviour) => void;
  readonly address: (path: string) => URL;
  readonly close: () => Promise<void>;
}

/** An upstream on loopback whose answer for each path is scripted; what has no script is not there. */
export async function startHostileUpstream(
  paths: Readonly<Record<string, UpstreamBehaviour>> = {},
): Promise<HostileUpstream> {
  const behaviours = new Map(Object.entries(paths));
  const counts = new Map<string, number>();
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').slice(1));
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    requests.push({ path, headers: request.headers });
    void answer(behaviours.get(path) ?? { kind: 'status', status: 404 }, { request, response, count });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const place = server.address();
  if (place === null || typeof place === 'string') throw new TypeError('no port');
  const url = `http://127.0.0.1:${place.port}/`;
  return {
    url,
    requests,
    set: (path, behaviour) => {
      behaviours.set(path, behaviour);
      counts.delete(path);
    },
    address: (path) => new URL(path, url),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Requests for the same path before this one. */
  readonly count: number;
}

async function answer(behaviour: UpstreamBehaviour, exchange: Exchange): Promise<void> {
  const { request, response, count } = exchange;
  switch (behaviour.kind) {
    case 'file':
      return answerFile(behaviour, request, response);
    case 'truncated':
      return void response
        .writeHead(200, { 'content-length': behaviour.at })
        .end(behaviour.bytes.subarray(0, behaviour.at));
    case 'cut':
    case 'silent':
      return answerFile({ kind: 'file', bytes: behaviour.bytes }, request, response, {
        after: behaviour.after,
        act: behaviour.kind === 'cut' ? () => request.socket.destroy() : () => undefined,
      });
    case 'endless':
      return flood(response.writeHead(200));
    case 'announces':
      return flood(response.writeHead(200, { 'content-length': behaviour.sizeBytes }));
    case 'slow':
      return drip(response.writeHead(200, { 'content-length': behaviour.bytes.length }), behaviour);
    case 'redirect':
      return void response.writeHead(302, { location: behaviour.to }).end();
    case 'status':
      return void response.writeHead(behaviour.status, behaviour.headers).end('no file');
    case 'wrong-range': {
      const { bytes } = behaviour;
      const half = Math.floor(bytes.length / 2);
      return void response
        .writeHead(206, { 'content-range': `bytes 0-${half - 1}/${bytes.length}`, 'content-length': half })
        .end(bytes.subarray(0, half));
    }
    case 'in-turn': {
      const next = behaviour.behaviours[Math.min(count, behaviour.behaviours.length - 1)];
      return next === undefined ? void response.destroy() : answer(next, exchange);
    }
    case 'held':
      await behaviour.until;
      return answer(behaviour.next, exchange);
  }
}

const ZEROS = Buffer.alloc(64 * 1024);

function flood(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(ZEROS));
  };
  response.on('drain', more);
  more();
}

function drip(
  response: ServerResponse,
  { bytes, everyMs }: { readonly bytes: Uint8Array; readonly everyMs: number },
): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at >= bytes.length) return void response.end();
    response.write(bytes.subarray(at, at + 1));
    at += 1;
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}
