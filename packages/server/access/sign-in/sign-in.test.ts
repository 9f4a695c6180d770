import { TOTP, Secret } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startTestServer } from '../../testing.ts';
import { createSignInLink } from '../index.ts';
import { type BrowserLike, browserLike } from '../testing/browser-like.ts';

const PASSWORD = 'a river full of stones';
const MINUTE_MS = 60_000;

let server: TestServer;
let now = new Date('2026-05-03T00:00:00Z');
let admin: BrowserLike;

beforeAll(async () => {
  server = await startTestServer({ clock: () => now });
});
afterAll(() => server.stop());
beforeEach(async () => {
  // Failures of the test before are forgotten, and every session has ended.
  now = new Date(now.getTime() + 25 * 60 * MINUTE_MS);
  admin = browserLike(server);
  expect((await admin.signInByLink(await createSignInLink(server.context))).status).toBe(200);
});

const later = (ms: number): void => {
  now = new Date(now.getTime() + ms);
};

let count = 0;
/** A new person who was invited, came by the link and set a password. */
async function newPerson() {
  count += 1;
  const login = `person${count}@example.org`;
  const invited = await admin.call('POST', '/people', { name: `Person ${count}`, login });
  expect(invited.status).toBe(201);
  const { person, link } = invited.body as { person: { id: string }; link: { url: string } };
  const browser = browserLike(server);
  const first = await browser.signInByLink(link.url.split('#')[1] ?? '');
  expect(first).toMatchObject({ status: 200, body: { setUpNeeded: true, permissions: [] } });
  expect((await browser.call('PUT', '/me/password', { password: PASSWORD })).status).toBe(204);
  expect((await browser.call('GET', '/session')).body).toMatchObject({ setUpNeeded: false });
  return { id: person.id, login, browser };
}

async function addAuthenticator(browser: BrowserLike): Promise<{ code: () => string; recovery: string[] }> {
  const made = await browser.call('POST', '/me/totp');
  expect(made.status).toBe(201);
  const totp = new TOTP({ secret: Secret.fromBase32(String(made.body['secret'])) });
  const code = (): string => totp.generate({ timestamp: now.getTime() });
  const confirmed = await browser.call('PUT', '/me/totp', { code: code() });
  expect(confirmed.status).toBe(200);
  return { code, recovery: confirmed.body['codes'] as string[] };
}

const byPassword = (browser: BrowserLike, login: string, password = PASSWORD) =>
  browser.call('POST', '/session/password', { login, password });

describe('by password', () => {
  test('200 with any case of the login; a session is recorded in the evidence', async () => {
    const { login, id } = await newPerson();
    const reply = await byPassword(browserLike(server), login.toUpperCase());
    expect(reply).toMatchObject({ status: 200, body: { kind: 'signed-in', session: { setUpNeeded: false } } });
    const { rows } = await server.context.database.pool.query(
      `select detail from evidence where kind = 'signed-in' and detail->>'personId' = $1 order by sequence`,
      [id],
    );
    expect(rows.map(({ detail }) => detail.method)).toEqual(['link', 'password']);
  });

  test('a wrong password and an unknown login are answered alike, and leave the same evidence', async () => {
    const { login } = await newPerson();
    const [wrong, unknown] = [
      await byPassword(browserLike(server), login, 'not this one, but another'),
      await byPassword(browserLike(server), 'nobody@example.org'),
    ];
    for (const reply of [wrong, unknown]) expect(reply).toMatchObject({ status: 401, code: 'bad-credentials' });
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    const { rows } = await server.context.database.pool.query(
      `select summary from evidence where kind = 'sign-in-refused' order by sequence desc limit 2`,
    );
    expect(new Set(rows.map(({ summary }) => summary)).size).toBe(1);
  });

  test('five failures make strangers wait, longer each time, for unknown logins too; the own browser is not held up', async () => {
    const { login, browser } = await newPerson();
    for (const name of [login, 'nobody@example.org']) {
      const stranger = browserLike(server);
      for (let tries = 0; tries < 5; tries += 1)
        expect((await byPassword(stranger, name, 'wrong wrong wrong')).status).toBe(401);
      const refused = await byPassword(stranger, name);
      expect(refused).toMatchObject({ status: 429, code: 'too-many-attempts' });
      expect(refused.headers.get('retry-after')).toBe('60');
    }
    // A restart forgets nothing: the count is in the database, and so it is for every replica.
    expect((await byPassword(browser, login)).status).toBe(200);
    expect((await byPassword(browserLike(server), login)).status).toBe(429);
    later(MINUTE_MS);
    expect((await byPassword(browserLike(server), login)).status).toBe(200);
  });

  test('of many tries at once no more get through than of as many one after another', async () => {
    const { login } = await newPerson();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => byPassword(browserLike(server), login, 'wrong wrong wrong')),
    );
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(3);
  });

  test('a new session has a new secret, whatever cookie was there, and the one of before ends', async () => {
    const { login } = await newPerson();
    const browser = browserLike(server);
    const [name = ''] = [...admin.cookies.keys()].filter((each) => !each.includes('browser'));
    browser.cookies.set(name, 'planted-by-an-attacker-0000000000000000000');
    expect((await byPassword(browser, login)).status).toBe(200);
    const first = browser.cookies.get(name);
    expect(first).not.toContain('planted');
    expect((await byPassword(browser, login)).status).toBe(200);
    expect(browser.cookies.get(name)).not.toBe(first);
    const old = browserLike(server);
    old.cookies.set(name, first ?? '');
    expect((await old.call('GET', '/session')).status).toBe(401);
  });

  test('422: a password that is short, common or the own login', async () => {
    const { login, browser } = await newPerson();
    for (const password of ['short', 'passwordpassword', login])
      expect(await browser.call('PUT', '/me/password', { password })).toMatchObject({
        status: 422,
        code: 'weak-password',
      });
  });

  test('a new password ends all other sessions, and the old one does not sign in', async () => {
    const { login, browser } = await newPerson();
    const other = browserLike(server);
    await byPassword(other, login);
    expect((await browser.call('PUT', '/me/password', { password: 'another river of stones' })).status).toBe(204);
    expect((await other.call('GET', '/me')).status).toBe(401);
    expect((await browser.call('GET', '/me')).status).toBe(200);
    expect((await byPassword(browserLike(server), login)).status).toBe(401);
  });
});

describe('with an authenticator app', () => {
  test('a right password gets a ticket and no session; each code is good once', async () => {
    const { login, browser } = await newPerson();
    const { code } = await addAuthenticator(browser);
    const fresh = browserLike(server);
    const step = await byPassword(fresh, login);
    expect(step.body).toMatchObject({ kind: 'second-factor', methods: ['code', 'recovery-code'] });
    expect((await fresh.call('GET', '/session')).status).toBe(401);
    const { ticket } = step.body as { ticket: string };
    const give = (given: string) =>
      fresh.call('POST', '/session/second-factor', { ticket, factor: { kind: 'code', code: given } });
    // The code that confirmed the app was used.
    expect(await give(code())).toMatchObject({ status: 401, code: 'bad-code' });
    later(30_000);
    const right = code();
    expect((await give(right)).status).toBe(200);
    // Neither the ticket nor the code works again.
    expect(await give(right)).toMatchObject({ status: 401, code: 'bad-ticket' });
    const again = await byPassword(fresh, login);
    const replay = { ticket: again.body['ticket'], factor: { kind: 'code', code: right } };
    expect(await fresh.call('POST', '/session/second-factor', replay)).toMatchObject({ status: 401, code: 'bad-code' });
  });

  test('codes of the step before and after are taken, older and later ones are not', async () => {
    const { login, browser } = await newPerson();
    const { code } = await addAuthenticator(browser);
    for (const [ms, status] of [
      [-60_000, 401],
      [60_000, 401],
      [-30_000, 200],
      [30_000, 200],
    ] as const) {
      later(5 * MINUTE_MS);
      const at = now;
      now = new Date(at.getTime() + ms);
      const given = code();
      now = at;
      const { ticket } = (await byPassword(browser, login)).body;
      const reply = await browser.call('POST', '/session/second-factor', {
        ticket,
        factor: { kind: 'code', code: given },
      });
      expect(reply.status, String(ms)).toBe(status);
    }
  });

  test('a recovery code stands in for it, once, in any way of writing it', async () => {
    const { login, browser } = await newPerson();
    const { recovery } = await addAuthenticator(browser);
    expect(recovery).toHaveLength(10);
    const [first = ''] = recovery;
    const give = async (given: string) => {
      const { ticket } = (await byPassword(browser, login)).body;
      return browser.call('POST', '/session/second-factor', { ticket, factor: { kind: 'recovery-code', code: given } });
    };
    expect((await give(first.toUpperCase().replaceAll('-', ' '))).status).toBe(200);
    expect((await browser.call('GET', '/me')).body).toMatchObject({ recoveryCodesLeft: 9 });
    expect(await give(first)).toMatchObject({ status: 401, code: 'bad-code' });
    const renewed = await browser.call('POST', '/me/recovery-codes');
    expect((await give(recovery[1] ?? '')).status).toBe(401);
    expect((await give(String((renewed.body['codes'] as string[])[0]))).status).toBe(200);
  });

  test('a ticket is good for five tries and ten minutes', async () => {
    const { login, browser } = await newPerson();
    await addAuthenticator(browser);
    const give = (ticket: unknown) =>
      browser.call('POST', '/session/second-factor', { ticket, factor: { kind: 'code', code: '000000' } });
    const { ticket } = (await byPassword(browser, login)).body;
    for (let tries = 0; tries < 5; tries += 1) expect((await give(ticket)).code).toBe('bad-code');
    expect((await give(ticket)).code).toBe('bad-ticket');
    const { ticket: second } = (await byPassword(browser, login)).body;
    later(10 * MINUTE_MS);
    expect((await give(second)).code).toBe('bad-ticket');
  });

  test('neither its secret nor codes are stored in a form that could be used', async () => {
    const { browser } = await newPerson();
    const made = await browser.call('POST', '/me/totp');
    const secret = Secret.fromBase32(String(made.body['secret']));
    const { rows } = await server.context.database.pool.query('select secret_sealed from person_totp');
    for (const { secret_sealed: sealed } of rows) expect(sealed.includes(Buffer.from(secret.bytes))).toBe(false);
  });
});

describe('rules of an organisation', () => {
  test('a demanded second factor keeps a password alone out, and stays', async () => {
    const { login, browser } = await newPerson();
    const strict = { singleSignOnOnly: false, secondFactorRequired: true };
    expect((await admin.call('PUT', '/sign-in-rules', strict)).status).toBe(200);
    expect(await byPassword(browserLike(server), login)).toMatchObject({ status: 403, code: 'second-factor-needed' });
    await addAuthenticator(browser);
    expect((await byPassword(browserLike(server), login)).body).toMatchObject({ kind: 'second-factor' });
    expect(await browser.call('DELETE', '/me/totp')).toMatchObject({ status: 409, code: 'second-factor-needed' });
    await admin.call('PUT', '/sign-in-rules', { ...strict, secondFactorRequired: false });
    expect((await browser.call('DELETE', '/me/totp')).status).toBe(204);
  });

  test('409: single sign-on alone, before anybody signed in by it', async () => {
    const reply = await admin.call('PUT', '/sign-in-rules', { singleSignOnOnly: true, secondFactorRequired: false });
    expect(reply).toMatchObject({ status: 409, code: 'no-provider' });
  });
});

describe('a proof that it is still the person', () => {
  test('after ten minutes sensitive changes need it; the password gives it, with a new session secret', async () => {
    const { browser } = await newPerson();
    later(10 * MINUTE_MS + 1);
    const change = () => browser.call('PUT', '/me/password', { password: 'another river of stones' });
    expect(await change()).toMatchObject({ status: 403, code: 'confirm-yourself' });
    const wrong = { kind: 'password', password: 'wrong wrong wrong' };
    expect(await browser.call('POST', '/session/confirm', wrong)).toMatchObject({ status: 403, code: 'not-you' });
    const before = new Map(browser.cookies);
    expect((await browser.call('POST', '/session/confirm', { kind: 'password', password: PASSWORD })).status).toBe(200);
    expect(browser.cookies).not.toEqual(before);
    const stolen = browserLike(server);
    for (const [name, value] of before) stolen.cookies.set(name, value);
    expect((await stolen.call('GET', '/session')).status).toBe(401);
    expect((await change()).status).toBe(204);
  });

  test('an API token can’t do it', async () => {
    const made = await admin.call('POST', '/tokens', { name: 'ci', roleId: 'owner' });
    const headers = { authorization: `Bearer ${String(made.body['secret'])}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'Eve', login: 'eve' });
    const reply = await fetch(`${server.url}/api/v1/people`, { method: 'POST', headers, body });
    expect(await reply.json()).toMatchObject({ status: 403, code: 'only-people' });
  });
});

describe('sessions', () => {
  test('are listed with the own one marked, ended one by one, and all others at once', async () => {
    const { login, browser } = await newPerson();
    const [second, third] = [browserLike(server), browserLike(server)];
    await byPassword(second, login);
    await byPassword(third, login);
    const { items } = (await browser.call('GET', '/me/sessions')).body as {
      items: { id: string; current: boolean; method: string; address: string }[];
    };
    expect(items.map(({ method }) => method).sort()).toEqual(['link', 'password', 'password']);
    expect(items.filter(({ current }) => current)).toMatchObject([{ method: 'link', address: '127.0.0.1' }]);
    const own = (await second.call('GET', '/me/sessions')).body as { items: { id: string; current: boolean }[] };
    const mine = own.items.find(({ current }) => current);
    expect((await browser.call('DELETE', `/me/sessions/${mine?.id ?? ''}`)).status).toBe(204);
    expect((await second.call('GET', '/me')).status).toBe(401);
    expect((await browser.call('DELETE', '/me/sessions')).status).toBe(204);
    expect((await third.call('GET', '/me')).status).toBe(401);
    expect((await browser.call('GET', '/me')).status).toBe(200);
    expect((await admin.call('DELETE', `/me/sessions/${mine?.id ?? ''}`)).status).toBe(404);
  });

  test('end when they are idle for two hours, and after twelve however busy', async () => {
    const { browser } = await newPerson();
    for (let hours = 0; hours < 11; hours += 1) {
      later(60 * MINUTE_MS);
      expect((await browser.call('GET', '/session')).status).toBe(200);
    }
    later(60 * MINUTE_MS);
    expect((await browser.call('GET', '/session')).status).toBe(401);
    const idle = (await newPersonAgain()).browser;
    later(120 * MINUTE_MS);
    expect((await idle.call('GET', '/session')).status).toBe(401);
  });

  async function newPersonAgain() {
    admin = browserLike(server);
    await admin.signInByLink(await createSignInLink(server.context));
    return newPerson();
  }
});

describe('administrators', () => {
  test('disable a person: sessions, links and tokens end, nothing signs in; enabling brings the account back', async () => {
    const { id, login, browser } = await newPerson();
    const link = (await admin.call('POST', `/people/${id}/link`)).body as { url: string };
    expect((await admin.call('DELETE', `/people/${id}`)).status).toBe(204);
    expect((await browser.call('GET', '/me')).status).toBe(401);
    expect(await byPassword(browserLike(server), login)).toMatchObject({ status: 401, code: 'bad-credentials' });
    expect((await browserLike(server).signInByLink(link.url.split('#')[1] ?? '')).code).toBe('bad-link');
    expect(await admin.call('POST', `/people/${id}/link`)).toMatchObject({ status: 409, code: 'disabled' });
    expect((await admin.call('PUT', `/people/${id}`, { disabled: false })).body).toMatchObject({ disabledAt: null });
    expect((await byPassword(browserLike(server), login)).status).toBe(200);
  });

  test('see and end the sessions of a person, and list people with their ways to sign in', async () => {
    const { id, login, browser } = await newPerson();
    expect((await admin.call('GET', `/people/${id}/sessions`)).body).toMatchObject({ items: [{ current: false }] });
    expect((await admin.call('DELETE', `/people/${id}/sessions`)).status).toBe(204);
    expect((await browser.call('GET', '/me')).status).toBe(401);
    const { items } = (await admin.call('GET', '/people')).body as { items: { id: string; ways: string[] }[] };
    expect(items.find((each) => each.id === id)).toMatchObject({ login, ways: ['password'], sessionCount: 0 });
  });

  test('can’t disable themselves, nor get at somebody who may do more', async () => {
    const me = (await admin.call('GET', '/me')).body as { id: string };
    expect(await admin.call('DELETE', `/people/${me.id}`)).toMatchObject({ status: 409, code: 'yourself' });
    const { id, browser } = await newPerson();
    await admin.call('PUT', `/people/${id}/grants`, {
      grants: [{ roleId: 'administrator', labels: null, includeClients: false }],
    });
    expect(await browser.call('POST', `/people/${me.id}/link`)).toMatchObject({ status: 403, code: 'beyond-yourself' });
    expect(await browser.call('DELETE', `/people/${me.id}`)).toMatchObject({ status: 403, code: 'beyond-yourself' });
  });

  test('409: a login that somebody has', async () => {
    const { login } = await newPerson();
    const reply = await admin.call('POST', '/people', { name: 'Other', login: login.toUpperCase() });
    expect(reply).toMatchObject({ status: 409, code: 'login-taken' });
  });
});
