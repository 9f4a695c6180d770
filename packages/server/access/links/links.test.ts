import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, startTestServer } from '../../testing.ts';
import { createSignInLink, isSetUp } from '../index.ts';
import { browserLike } from '../testing/browser-like.ts';
import { personWith } from '../testing/person-with.ts';

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

test('a link lets in nobody who may do more, by now, than who made it', async () => {
  const owner = await personWith(server, ['owner']);
  const administrator = await personWith(server, ['administrator']);
  const made = await administrator.call('POST', '/people', { name: 'Cleo', login: 'cleo' });
  const { person, link } = made.json as { person: { id: string }; link: { url: string } };
  const grants = [{ roleId: 'owner', labels: null, includeClients: false }];
  expect((await owner.call('PUT', `/people/${person.id}/grants`, { grants })).status).toBe(200);
  const secretOf = (url: string): string => url.split('#')[1] ?? '';
  expect(await browserLike(server).signInByLink(secretOf(link.url))).toMatchObject({ status: 401, code: 'bad-link' });
  const again = (await owner.call('POST', `/people/${person.id}/link`)).json as { url: string };
  expect((await browserLike(server).signInByLink(secretOf(again.url))).status).toBe(200);
});

test('a link ends with the rights of who made it, and where single sign-on is demanded', async () => {
  const { pool } = server.context.database;
  const secretFor = async (maker: Awaited<ReturnType<typeof personWith>>, login: string): Promise<string> => {
    const made = await maker.call('POST', '/people', { name: login, login });
    return String((made.json as { link: { url: string } }).link.url.split('#')[1]);
  };
  const gone = await personWith(server, ['administrator']);
  const byGone = await secretFor(gone, 'dora');
  await pool.query('update person set disabled_at = now() where id = $1', [gone.personId]);
  expect((await browserLike(server).signInByLink(byGone)).status).toBe(401);
  const byOther = await secretFor(await personWith(server, ['administrator']), 'emil');
  await pool.query('insert into sign_in_rules values ($1, true, false)', [server.context.defaultOrganisationId]);
  expect((await browserLike(server).signInByLink(byOther)).status).toBe(401);
  await pool.query('delete from sign_in_rules');
});

test('who administers some endpoints only renames no organisation, and sees and ends no tokens of others', async () => {
  const owner = await personWith(server, ['owner']);
  const limited = await personWith(server, [{ roleId: 'owner', labels: { role: 'web' } }]);
  const rename = { name: 'L', login: 'limited', organisationName: 'Mine' };
  expect(await limited.call('PUT', '/me', rename)).toMatchObject({ status: 403, json: { code: 'not-permitted' } });
  const made = await owner.call('POST', '/tokens', { name: 'of the owner' });
  const { id } = made.json['token'] as { id: string };
  expect((await limited.call('GET', '/tokens')).json).toEqual({ items: [] });
  expect((await limited.call('DELETE', `/tokens/${id}`)).status).toBe(404);
});
