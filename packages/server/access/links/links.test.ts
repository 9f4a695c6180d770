import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, startTestServer } from '../../testing.ts';
import { createSignInLink, isSetUp } from '../index.ts';
import { browserLike } from '../testing/browser-like.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Over the Unix socket, as the command line does. */
async function callLocally(path: string) {
  const request = httpRequest({ socketPath: server.socketPath, method: 'POST', path: `/api/v1${path}` });
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject).end();
  });
  return { status: reply.statusCode, json: JSON.parse(await text(reply)) as Record<string, unknown> };
}

test('a server is set up when somebody can come in without a link; until then the link’s person is told to', async () => {
  const browser = browserLike(server);
  const first = await browser.signInByLink(await createSignInLink(server.context));
  expect(first.body).toMatchObject({ setUpNeeded: true });
  expect(await isSetUp(server.context)).toBe(false);
  expect(await browser.call('PUT', '/me/password', { password: 'a river full of stones' })).toMatchObject({
    status: 409,
    code: 'no-login',
  });
  const named = { name: 'Ada', login: 'Ada@example.org', organisationName: 'Example Company' };
  expect((await browser.call('PUT', '/me', named)).body).toMatchObject({ name: 'Ada', login: 'ada@example.org' });
  expect((await browser.call('PUT', '/me/password', { password: 'a river full of stones' })).status).toBe(204);
  expect(await isSetUp(server.context)).toBe(true);
  const session = await browser.call('GET', '/session');
  expect(session.body).toMatchObject({ setUpNeeded: false, organisation: { name: 'Example Company' } });
});

test('on the server itself a link is made for anybody, by login; nobody else’s is known', async () => {
  const { status, json } = await callLocally('/sign-in-links?login=ADA@example.org');
  expect(status).toBe(201);
  const reply = await browserLike(server).signInByLink(String(json['url']).split('#')[1] ?? '');
  expect(reply.body).toMatchObject({ principal: { name: 'Ada' } });
  expect(await callLocally('/sign-in-links?login=eve')).toMatchObject({
    status: 404,
    json: { code: 'unknown-person' },
  });
});

test('an invitation brings no role, and renames no organisation', async () => {
  const admin = browserLike(server);
  await admin.signInByLink(await createSignInLink(server.context));
  const { link } = (await admin.call('POST', '/people', { name: 'Bob', login: 'bob' })).body as {
    link: { url: string };
  };
  const bob = browserLike(server);
  expect((await bob.signInByLink(link.url.split('#')[1] ?? '')).body).toMatchObject({ permissions: [] });
  const taken = { name: 'Bob', login: 'bob', organisationName: 'Bob’s' };
  expect(await bob.call('PUT', '/me', taken)).toMatchObject({ status: 403, code: 'not-permitted' });
  expect(await bob.call('PUT', '/me', { name: 'Bob', login: 'ada@example.org' })).toMatchObject({
    code: 'login-taken',
  });
  expect(await bob.call('GET', '/people')).toMatchObject({ status: 403, code: 'not-permitted' });
});
