import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startTestServer } from '../testing.ts';
import { createSignInLink } from './index.ts';

let server: TestServer;
let now = new Date('2026-05-03T00:00:00Z');

beforeAll(async () => {
  server = await startTestServer({ clock: () => now });
});
afterAll(() => server.stop());
beforeEach(() => {
  // Failures of the test before are forgotten.
  now = new Date(now.getTime() + 25 * 3_600_000);
});

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function call({ method = 'GET', path = '/session', body, headers = {} }: Call) {
  const reply = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const content = await reply.text();
  const json = (content === '' ? {} : JSON.parse(content)) as Record<string, unknown>;
  return { status: reply.status, headers: reply.headers, json };
}

/** Over the Unix socket, as the command line does. */
async function callLocally(method: string, path: string) {
  const request = httpRequest({ socketPath: server.socketPath, method, path: `/api/v1${path}` });
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject).end();
  });
  return { status: reply.statusCode, json: JSON.parse(await text(reply)) as Record<string, unknown> };
}

const link = () => createSignInLink(server.context);

describe('POST /session', () => {
  test('200: a link signs in once; the cookie is for this site and no script', async () => {
    const secret = await link();
    const first = await call({ method: 'POST', body: { link: secret } });
    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({ principal: { kind: 'person', name: 'Administrator' } });
    const [cookie] = first.headers.getSetCookie();
    expect(cookie).toMatch(/^thimble-\d+=.+; Path=\/; Expires=.+; HttpOnly; SameSite=Strict$/);
    expect(await call({ method: 'POST', body: { link: secret } })).toMatchObject({
      status: 401,
      json: { code: 'bad-link' },
    });
  });

  test('200 for one of two who use a link at the same time', async () => {
    const secret = await link();
    const replies = await Promise.all([1, 2].map(() => call({ method: 'POST', body: { link: secret } })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('400: no link', async () => {
    expect(await call({ method: 'POST', body: {} })).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
    expect(await call({ method: 'POST', body: { link: 7 } })).toMatchObject({ status: 400 });
  });

  test('401: an unknown link, and one that has ended', async () => {
    expect(await call({ method: 'POST', body: { link: 'x'.repeat(43) } })).toMatchObject({ status: 401 });
    const secret = await link();
    now = new Date(now.getTime() + 30 * 60_000);
    expect(await call({ method: 'POST', body: { link: secret } })).toMatchObject({ status: 401 });
  });

  test('403: a page of another site', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-site' }, { origin: 'null' }])
      expect(
        await call({ method: 'POST', body: { link: await link() }, headers: headers as Record<string, string> }),
      ).toMatchObject({
        status: 403,
        json: { code: 'cross-origin' },
      });
  });

  test('413 and 415: a body that is too large or no JSON', async () => {
    expect((await call({ method: 'POST', body: { link: 'x'.repeat(5000) } })).status).toBe(413);
    expect((await call({ method: 'POST', body: {}, headers: { 'content-type': 'text/csv' } })).status).toBe(415);
  });

  test('429 after twenty failures from one address; the wait doubles, and a right link takes only itself back', async () => {
    const attempt = () => call({ method: 'POST', body: { link: 'y'.repeat(43) } });
    for (let count = 0; count < 20; count += 1) expect((await attempt()).status).toBe(401);
    const refused = await attempt();
    expect(refused).toMatchObject({ status: 429, json: { code: 'too-many-attempts' } });
    expect(refused.headers.get('retry-after')).toBe('60');
    expect((await call({ method: 'POST', body: { link: await link() } })).status).toBe(429);
    now = new Date(now.getTime() + 60_000);
    expect((await call({ method: 'POST', body: { link: await link() } })).status).toBe(200);
    expect((await attempt()).status).toBe(401);
    expect((await attempt()).headers.get('retry-after')).toBe('120');
  });
});

describe('GET and DELETE /session', () => {
  test('401 without a credential, as problem document', async () => {
    const reply = await call({});
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(reply).toMatchObject({ status: 401, json: { code: 'not-signed-in', status: 401, side: 'input' } });
  });

  test('200 with the cookie, 401 after signing out', async () => {
    const cookie = await server.signIn();
    expect(await call({ headers: { cookie } })).toMatchObject({ status: 200, json: { principal: { kind: 'person' } } });
    expect((await call({ method: 'DELETE', headers: { cookie } })).status).toBe(204);
    expect((await call({ headers: { cookie } })).status).toBe(401);
  });

  test('401 after its hours', async () => {
    const cookie = await server.signIn();
    now = new Date(now.getTime() + 12 * 3_600_000);
    expect((await call({ headers: { cookie } })).status).toBe(401);
  });

  test('403 when another site makes a browser send the cookie', async () => {
    const cookie = await server.signIn();
    const foreign = { cookie, origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' };
    expect((await call({ method: 'DELETE', headers: foreign })).status).toBe(403);
    expect((await call({ headers: { cookie } })).status).toBe(200);
  });
});

describe('API tokens', () => {
  test('201: made once shown, then 200 as Bearer, listed with its uses, 204 revoked, then 401', async () => {
    const cookie = await server.signIn();
    const made = await call({ method: 'POST', path: '/tokens', body: { name: 'CI' }, headers: { cookie } });
    expect(made.status).toBe(201);
    const { secret, token } = made.json as { secret: string; token: { id: string } };
    const headers = { authorization: `Bearer ${secret}` };
    expect(await call({ headers })).toMatchObject({ status: 200, json: { principal: { kind: 'token', name: 'CI' } } });
    const list = await call({ path: '/tokens', headers: { cookie } });
    expect(list.json).toMatchObject({ items: [{ id: token.id, name: 'CI', useCount: 1, roleName: 'viewer' }] });
    expect(JSON.stringify(list.json)).not.toContain(secret);
    expect((await call({ method: 'DELETE', path: `/tokens/${token.id}`, headers: { cookie } })).status).toBe(204);
    expect(await call({ headers })).toMatchObject({ status: 401, json: { code: 'bad-token' } });
    expect((await call({ method: 'DELETE', path: `/tokens/${token.id}`, headers: { cookie } })).status).toBe(404);
  });

  test('401 after its end, and for a malformed one even where none is needed', async () => {
    const cookie = await server.signIn();
    const body = { name: 'short', expiresInHours: 1 };
    const { json } = await call({ method: 'POST', path: '/tokens', body, headers: { cookie } });
    const headers = { authorization: `Bearer ${(json as { secret: string }).secret}` };
    now = new Date(now.getTime() + 3_600_000);
    expect((await call({ headers })).status).toBe(401);
    const health = await fetch(`${server.url}/healthz`, { headers: { authorization: 'Basic eDp5' } });
    expect(health.status).toBe(401);
  });

  test('400: no name, an id that is none', async () => {
    const cookie = await server.signIn();
    expect((await call({ method: 'POST', path: '/tokens', body: { name: '' }, headers: { cookie } })).status).toBe(400);
    expect((await call({ method: 'DELETE', path: '/tokens/1', headers: { cookie } })).status).toBe(400);
  });

  test('401 without a credential', async () => {
    for (const [method, path] of [
      ['GET', '/tokens'],
      ['POST', '/tokens'],
    ] as const)
      expect((await call({ method, path, ...(method === 'POST' ? { body: { name: 'x' } } : {}) })).status).toBe(401);
  });
});

describe('the Unix socket', () => {
  test('its peer is the local operator and can make a sign-in link', async () => {
    expect(await callLocally('GET', '/session')).toMatchObject({ status: 200, json: { principal: { kind: 'local' } } });
    const { status, json } = await callLocally('POST', '/sign-in-links');
    expect(status).toBe(201);
    const [, secret = ''] = String(json['url']).split('/sign-in#');
    expect((await call({ method: 'POST', body: { link: secret } })).status).toBe(200);
  });

  test('403: nobody else can make sign-in links', async () => {
    const cookie = await server.signIn();
    const reply = await call({ method: 'POST', path: '/sign-in-links', headers: { cookie } });
    expect(reply).toMatchObject({ status: 403, json: { code: 'only-local' } });
  });
});

test('neither links nor sessions nor tokens are stored in a form that could be used', async () => {
  const secret = await link();
  const cookie = await server.signIn();
  const { rows } = await server.context.database.pool.query(
    'select secret_hash::text from sign_in_link union all select secret_hash::text from session',
  );
  const stored = JSON.stringify(rows);
  for (const each of [secret, cookie.split('=')[1] ?? '?']) {
    expect(stored).not.toContain(each);
    expect(stored).not.toContain(Buffer.from(each).toString('hex'));
  }
});
