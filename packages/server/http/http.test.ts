import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stage } from '../context.ts';
import { type TestServer, startTestServer } from '../testing.ts';
import { HttpProblem, bindPort } from './index.ts';

const example: Stage = {
  name: 'example',
  register: async (app) => {
    const config = { access: 'public' } as const;
    app.post('/api/v1/example/:n', {
      config,
      schema: { params: Type.Object({ n: Type.Integer() }), body: Type.Object({ n: Type.Integer() }) },
      handler: async ({ params, body }) => ({ sum: params.n + body.n }),
    });
    app.get('/api/v1/example/bug', { config }, async () => {
      throw new Error('a secret of ours');
    });
    app.get('/api/v1/example/conflict', { config }, async () => {
      throw new HttpProblem(409, 'plan-changed', { detail: 'Look again.', extra: { group: 2 } });
    });
  },
};

let server: TestServer;
let consoleDirectory: string;
const lines: string[] = [];

beforeAll(async () => {
  consoleDirectory = await mkdtemp('/tmp/thimble-console-');
  server = await startTestServer({
    stages: [example],
    consoleDirectory,
    settings: { host: '0.0.0.0' },
    writeLog: (line) => void lines.push(line),
  });
});
afterAll(async () => {
  await server.stop();
  await rm(consoleDirectory, { recursive: true });
});

async function overTls(path: string, options: { ca?: string } = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpsRequest({ port: server.port, host: 'localhost', path, agent: false, ...options }, resolve)
      .once('error', reject)
      .end();
  });
}

describe('one port', () => {
  test('speaks TLS with the chain of our authority', async () => {
    const reply = await overTls('/healthz', { ca: server.authority });
    expect(reply.statusCode).toBe(200);
    expect(JSON.parse(await text(reply))).toEqual({ status: 'ok' });
  });

  test('speaks plain HTTP to this machine', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
  test.skipIf(elsewhere === undefined)('sends plain HTTP from elsewhere on to https, unanswered', async () => {
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest({ host: elsewhere, port: server.port, path: '/api/v1/session?x=1', agent: false }, resolve)
        .once('error', reject)
        .end();
    });
    expect(reply.statusCode).toBe(308);
    expect(reply.headers.location).toBe(`https://localhost:${server.port}/api/v1/session?x=1`);
    reply.resume();
  });

  test('a request that comes byte by byte is answered', async () => {
    const socket = connect(server.port, '127.0.0.1').setNoDelay();
    for (const byte of 'GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n') {
      socket.write(byte);
      await sleep(1);
    }
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('garbage in place of a handshake ends that connection only', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(Buffer.from([0x16, 3, 1, 0, 4, 9, 9, 9, 9]));
    await text(socket).catch(() => '');
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test('a taken one is refused with what to do', async () => {
    await expect(bindPort('127.0.0.1', server.port)).rejects.toMatchObject({ code: 'port-taken' });
    await expect(bindPort('127.0.0.1', server.port)).rejects.toThrow(/--port or THIMBLE_PORT/);
  });

  test('an address that is not ours is refused', async () => {
    await expect(bindPort('192.0.2.200', 0)).rejects.toMatchObject({ code: 'address-unavailable' });
  });
});

describe('errors', () => {
  const get = async (path: string, init: RequestInit = {}) => {
    const reply = await fetch(server.url + path, init);
    return { status: reply.status, headers: reply.headers, json: (await reply.json()) as unknown };
  };
  const post = (path: string, body: string) =>
    get(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

  test('404 below /api', async () => {
    expect(await get('/api/v1/nothing')).toMatchObject({
      status: 404,
      json: { code: 'not-found', type: 'about:blank' },
    });
  });
  test('405 names what is possible', async () => {
    const reply = await get('/api/v1/example/5', { method: 'PUT' });
    expect(reply).toMatchObject({ status: 405, json: { code: 'method-not-allowed' } });
    expect(reply.headers.get('allow')).toBe('POST');
  });
  test('400 says where; a body is not converted, a path is', async () => {
    expect(await post('/api/v1/example/5', '{"n":2}')).toMatchObject({ status: 200, json: { sum: 7 } });
    expect(await post('/api/v1/example/5', '{"n":"2"}')).toMatchObject({
      status: 400,
      json: { code: 'invalid-request', detail: expect.stringContaining('body/n') as string },
    });
    expect(await post('/api/v1/example/five', '{"n":2}')).toMatchObject({ status: 400 });
    expect(await post('/api/v1/example/5', '{"n":')).toMatchObject({ status: 400 });
  });
  test('413 for more than a megabyte', async () => {
    expect(await post('/api/v1/example/5', `{"n":2,"x":"${'x'.repeat(1_100_000)}"}`)).toMatchObject({ status: 413 });
  });
  test('409 with its members', async () => {
    expect(await get('/api/v1/example/conflict')).toMatchObject({
      status: 409,
      json: { code: 'plan-changed', side: 'conflict', extra: { group: 2 } },
    });
  });
  test('500 keeps the cause for the log, under the id that the reply carries', async () => {
    const reply = await get('/api/v1/example/bug');
    expect(reply).toMatchObject({ status: 500, json: { code: 'internal', side: 'host' } });
    expect(JSON.stringify(reply.json)).not.toContain('secret of ours');
    const id = reply.headers.get('x-request-id') ?? '?';
    expect(lines.some((line) => line.includes(id) && line.includes('a secret of ours'))).toBe(true);
  });
});

describe('health', () => {
  test('/healthz, /readyz and /metrics answer on this machine', async () => {
    expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'ready' });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('process_resident_memory_bytes');
    expect(metrics).toMatch(
      /thimble_http_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} \d/,
    );
  });

  test('/readyz is 503 when the database does not answer', async () => {
    const other = await startTestServer();
    try {
      await other.context.database.close();
      expect((await fetch(`${other.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${other.url}/healthz`)).status).toBe(200);
    } finally {
      await other.stop().catch(() => undefined);
    }
  });
});

describe('API description', () => {
  test('OpenAPI 3.1 with every route of the API and its access', async () => {
    const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { security?: unknown }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/api/v1/tokens']?.['post']?.security).toEqual([{ token: [] }]);
    expect(document.paths['/api/v1/example/{n}']?.['post']).toMatchObject({
      security: [],
      responses: { default: { content: { 'application/problem+json': { schema: { type: 'object' } } } } },
    });
  });

  test('the page to browse it needs no script but files of ours', async () => {
    const reply = await fetch(`${server.url}/api/docs/`);
    const html = await reply.text();
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
    expect(html.match(/<script(?![^>]*\bsrc=)[^>]*>/g)).toBeNull();
    expect(html).not.toMatch(/(src|href)="https?:/);
    for (const [, src = ''] of html.matchAll(/<script[^>]*\bsrc="([^"]+)"/g))
      expect((await fetch(new URL(src, `${server.url}/api/docs/`))).status).toBe(200);
  });
});

describe('console', () => {
  test('503 with a page that says how while it is not built', async () => {
    const reply = await fetch(`${server.url}/endpoints`);
    expect(reply.status).toBe(503);
    expect(await reply.text()).toContain('npm run build');
  });

  test('pages get its document, files are cached by their names, missing files are 404', async () => {
    await mkdir(join(consoleDirectory, 'assets'));
    await writeFile(join(consoleDirectory, 'index.html'), '<!doctype html><title>x</title>');
    await writeFile(join(consoleDirectory, 'assets', 'index-abc123.js'), 'export {}');
    await writeFile(join(consoleDirectory, '..', 'thimble-outside.txt'), 'outside');
    for (const path of ['/', '/runs/1', '/sign-in']) {
      const page = await fetch(server.url + path);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const script = await fetch(`${server.url}/assets/index-abc123.js`);
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(`${server.url}/assets/gone.js`)).status).toBe(404);
    expect((await fetch(`${server.url}/..%2fthimble-outside.txt`)).status).toBe(404);
    expect((await fetch(`${server.url}/%2e%2e%2fthimble-outside.txt`)).status).toBe(404);
    const undecodable = await fetch(`${server.url}/%ff.js`);
    expect(undecodable.status).toBe(400);
    expect(undecodable.headers.get('content-type')).toBe('application/problem+json');
    await rm(join(consoleDirectory, '..', 'thimble-outside.txt'));
  });
});

test('a stop ends held requests at once and lets them answer', async () => {
  const held: Stage = {
    name: 'held',
    register: async (app, context) => {
      app.get('/api/v1/held', { config: { access: 'public' } }, async () => {
        await context.events.waitFor('orders', 'e', 60_000, context.stopping);
        return { answered: true };
      });
    },
  };
  const other = await startTestServer({ stages: [held] });
  const reply = fetch(`${other.url}/api/v1/held`);
  await sleep(100);
  await other.stop();
  expect(await (await reply).json()).toEqual({ answered: true });
});
