import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { ORGANISATION_HEADER } from '@thimble/protocol';
import { FAKE_WAYS } from './account/routes.ts';
import { createFakeFleet, type FakeState } from './fake-fleet.ts';
import { answer, type Answer } from './fake-routes.ts';

export interface FakeApiOptions {
  readonly port?: number;
  readonly endpointCount?: number;
  /** How long each step of a simulated order takes. */
  readonly stepMs?: number;
  /** The built console, to be served beside the API with the policy that the real server sends. */
  readonly consoleFolder?: string;
  readonly now?: () => number;
}

export interface FakeApi {
  readonly url: string;
  readonly state: FakeState;
  /** While set, every request but the sign-in is answered with this problem's status. */
  failWith(status: number | undefined): void;
  close(): Promise<void>;
}

/** A one-time link that the fake accepts, once for each start. */
export const FAKE_LINK = 'fake-sign-in-link-0001';
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const BODY_LIMIT_BYTES = 1024 * 1024;
const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/** The API with a modelled fleet, for the console's tests, its pictures and its development. Loopback only. */
export async function startFakeApi(options: FakeApiOptions = {}): Promise<FakeApi> {
  const state = createFakeFleet({
    endpointCount: options.endpointCount ?? 2000,
    stepMs: options.stepMs ?? 700,
    now: options.now ?? Date.now,
  });
  let failure: number | undefined;
  const sessions = { signedIn: false, linkUsed: false };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const work = url.pathname.startsWith('/api/')
      ? api(request, response, url, state, sessions, failure)
      : file(response, url.pathname, options.consoleFolder);
    work.catch((error: unknown) => send(response, { status: 500, problem: { code: 'fake', title: String(error) } }));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    state,
    failWith: (status) => {
      failure = status;
    },
    close: () =>
      new Promise((resolve) => {
        state.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function api(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  state: FakeState,
  sessions: { signedIn: boolean; linkUsed: boolean },
  failure: number | undefined,
): Promise<void> {
  const path = url.pathname.replace('/api/v1', '');
  if (path === '/sign-in') return send(response, { status: 200, body: FAKE_WAYS });
  if (path === '/session' && request.method === 'POST') {
    const body = await readBody(request);
    const link = typeof body === 'object' && body !== null && 'link' in body ? body.link : undefined;
    if (link !== FAKE_LINK || sessions.linkUsed) {
      return send(response, {
        status: 401,
        problem: {
          code: 'link-not-valid',
          title: 'This link was used already, or has expired',
          hint: 'Run `thimble sign-in-link` on the server for a new one.',
        },
      });
    }
    sessions.linkUsed = true;
    sessions.signedIn = true;
    response.setHeader('set-cookie', 'thimble=fake; HttpOnly; SameSite=Strict; Path=/');
  } else if (!(request.headers.cookie ?? '').includes('thimble=fake') || !sessions.signedIn) {
    return send(response, { status: 401, problem: { code: 'not-signed-in', title: 'Sign in first' } });
  }
  if (path === '/session' && request.method === 'DELETE') {
    sessions.signedIn = false;
    response.setHeader('set-cookie', 'thimble=; Max-Age=0; Path=/');
    return send(response, { status: 204 });
  }
  if (path === '/events') return events(response, state);
  if (failure !== undefined && path !== '/session') {
    return send(response, {
      status: failure,
      problem: {
        code: 'database-unreachable',
        title: 'The database does not answer',
        hint: 'Look at the server’s log.',
      },
    });
  }
  const acting = request.headers[ORGANISATION_HEADER];
  if (typeof acting === 'string') url.searchParams.set('organisation', acting);
  const hasBody = (request.method === 'POST' && path !== '/session') || request.method === 'PUT';
  const body = hasBody ? await readBody(request) : undefined;
  send(response, answer(state, request.method ?? 'GET', path, url.searchParams, body));
}

function events(response: ServerResponse, state: FakeState): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 1000\n\n');
  const stop = state.subscribe((event) => response.write(`event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`));
  response.on('close', stop);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  if (request.headers['content-type'] === 'application/octet-stream') return Buffer.concat(chunks);
  return size === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown);
}

function send(response: ServerResponse, { status, body, problem }: Answer): void {
  const value =
    problem === undefined ? body : { type: 'about:blank', status, side: status < 500 ? 'input' : 'host', ...problem };
  response.writeHead(status, {
    'content-type': problem === undefined ? 'application/json' : 'application/problem+json',
    'cache-control': 'no-store',
  });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

/** A file of the built console; any other path is a page of it. */
async function file(response: ServerResponse, path: string, folder: string | undefined): Promise<void> {
  if (folder === undefined)
    return send(response, { status: 404, problem: { code: 'no-console', title: 'No console is served here' } });
  const known = TYPES.get(extname(path));
  const name = known === undefined ? 'index.html' : normalize(path).replace(/^(\.\.[/\\])+/, '');
  const content = await readFile(join(folder, name)).catch(() => undefined);
  if (content === undefined)
    return send(response, { status: 404, problem: { code: 'not-found', title: 'No such file' } });
  response.writeHead(200, {
    'content-type': known ?? 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
  });
  response.end(content);
}
