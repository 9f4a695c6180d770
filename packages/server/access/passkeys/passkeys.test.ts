import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startTestServer } from '../../testing.ts';
import { createSignInLink } from '../index.ts';
import { type BrowserLike, browserLike } from '../testing/browser-like.ts';
import { type Change, type SoftwareAuthenticator, softwareAuthenticator } from '../testing/software-authenticator.ts';

let server: TestServer;
let now = new Date('2026-05-03T00:00:00Z');
let owner: BrowserLike;
let authenticator: SoftwareAuthenticator;

beforeAll(async () => {
  server = await startTestServer({ clock: () => now });
});
afterAll(() => server.stop());
beforeEach(async () => {
  now = new Date(now.getTime() + 25 * 3_600_000);
  owner = browserLike(server);
  await owner.signInByLink(await createSignInLink(server.context));
  authenticator = softwareAuthenticator(server.url);
});

async function add(change?: Change) {
  const { body } = await owner.call('POST', '/me/passkeys/options');
  return owner.call('POST', '/me/passkeys', { name: 'Laptop', attestation: authenticator.create(body, change) });
}

async function signIn(browser: BrowserLike, change?: Change) {
  const { body } = await browser.call('POST', '/session/passkey/options');
  return browser.call('POST', '/session/passkey', authenticator.get(body, change));
}

test('a passkey is added, signs in, is listed with its use, confirms, and signs in no more when it is removed, which the last one is not', async () => {
  const added = await add();
  expect(added).toMatchObject({ status: 201, body: { name: 'Laptop', rpId: 'localhost', lastUsedAt: null } });
  const browser = browserLike(server);
  expect(await signIn(browser)).toMatchObject({ status: 200, body: { setUpNeeded: false } });
  const me = await browser.call('GET', '/me');
  expect(me.body).toMatchObject({
    passkeys: expect.arrayContaining([expect.objectContaining({ id: added.body['id'] })]),
  });
  now = new Date(now.getTime() + 11 * 60_000);
  const remove = () => browser.call('DELETE', `/me/passkeys/${String(added.body['id'])}`);
  expect(await remove()).toMatchObject({ status: 403, code: 'confirm-yourself' });
  const { body } = await browser.call('POST', '/session/passkey/options');
  const confirmed = await browser.call('POST', '/session/confirm', {
    kind: 'passkey',
    assertion: authenticator.get(body),
  });
  expect(confirmed.status).toBe(200);
  expect(await remove()).toMatchObject({ status: 409, code: 'last-way' });
  const spare = softwareAuthenticator(server.url);
  const asked = await browser.call('POST', '/me/passkeys/options');
  const second = { name: 'Security key', attestation: spare.create(asked.body) };
  expect((await browser.call('POST', '/me/passkeys', second)).status).toBe(201);
  expect((await remove()).status).toBe(204);
  expect(await signIn(browserLike(server))).toMatchObject({ status: 401, code: 'bad-passkey' });
});

test('409: a passkey that is registered already', async () => {
  await add();
  expect(await add()).toMatchObject({ status: 409, code: 'known-passkey' });
});

describe('refused when it is added', () => {
  test.each<readonly [string, Change]>([
    ['for a page of another origin', { origin: 'https://evil.example' }],
    ['for another host', { rpId: 'evil.example' }],
    ['with another challenge', { challenge: 'A'.repeat(43) }],
    ['when it is an answer to something else', { type: 'webauthn.get' }],
    ['without a check of who holds it', { flags: 0x01 }],
    ['when nobody is there', { flags: 0x04 }],
  ])('%s', async (_why, change) => {
    expect(await add(change)).toMatchObject({ status: 422, code: 'bad-passkey' });
  });
});

describe('refused when it shall sign in', () => {
  test.each<readonly [string, Change]>([
    ['for a page of another origin', { origin: 'http://localhost:1' }],
    ['for another host', { rpId: 'evil.example' }],
    ['with another challenge', { challenge: 'A'.repeat(43) }],
    ['when it is an answer to something else', { type: 'webauthn.create' }],
    ['without a check of who holds it', { flags: 0x01 }],
    ['in another person’s name', { userHandle: Buffer.from('somebody-else').toString('base64url') }],
  ])('%s', async (_why, change) => {
    await add();
    expect(await signIn(browserLike(server), change)).toMatchObject({ status: 401, code: 'bad-passkey' });
  });

  test('when its counter went back: there are two of it', async () => {
    await add();
    expect((await signIn(browserLike(server), { counter: 9 })).status).toBe(200);
    expect(await signIn(browserLike(server), { counter: 9 })).toMatchObject({ status: 401, code: 'bad-passkey' });
  });

  test('a second time, with the same answer', async () => {
    await add();
    const browser = browserLike(server);
    const { body } = await browser.call('POST', '/session/passkey/options');
    const answer = authenticator.get(body);
    expect((await browser.call('POST', '/session/passkey', answer)).status).toBe(200);
    expect(await browserLike(server).call('POST', '/session/passkey', answer)).toMatchObject({ code: 'bad-passkey' });
  });

  test('after ten minutes', async () => {
    await add();
    const browser = browserLike(server);
    const { body } = await browser.call('POST', '/session/passkey/options');
    now = new Date(now.getTime() + 10 * 60_000);
    expect(await browser.call('POST', '/session/passkey', authenticator.get(body))).toMatchObject({
      code: 'bad-passkey',
    });
  });
});

test('a server that is opened by an address has no passkeys, and says how to get there', async () => {
  const reply = await fetch(`http://127.0.0.1:${server.port}/api/v1/sign-in`);
  expect(await reply.json()).toMatchObject({ passkey: { rpId: null, why: expect.stringContaining('host name') } });
  const asked = await fetch(`http://127.0.0.1:${server.port}/api/v1/session/passkey/options`, { method: 'POST' });
  expect(await asked.json()).toMatchObject({ status: 409, code: 'no-passkeys-here' });
});
