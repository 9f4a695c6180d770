import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startTestServer } from '../../testing.ts';
import { createSignInLink } from '../index.ts';
import { authorise } from '../testing/authorise.ts';
import { type BrowserLike, browserLike } from '../testing/browser-like.ts';
import { personWith } from '../testing/person-with.ts';
import { TEST_CLIENT, type TestIdentityProvider, startIdentityProvider } from '../testing/identity-provider.ts';

const HOUR_MS = 3_600_000;

let server: TestServer;
/** How far the server’s clock is before the provider’s, which is the machine’s. */
let aheadMs = 0;
let idp: TestIdentityProvider;
let admin: BrowserLike;
let providerId: string;

const settings = {
  name: 'Company',
  clientId: TEST_CLIENT.id,
  clientSecret: TEST_CLIENT.secret,
  scopes: 'profile email groups',
  groupsClaim: 'groups',
  groupRoles: [
    { group: 'patchers', roleId: 'operator' },
    { group: 'deciders', roleId: 'approver' },
  ],
  createsPeople: true,
  enabled: true,
};

beforeAll(async () => {
  server = await startTestServer({
    clock: () => new Date(Date.now() + aheadMs),
    settings: { identityProviderHosts: 'localhost' },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  aheadMs = 0;
  await server.context.database.pool.query('delete from sign_in_attempt');
  idp = await startIdentityProvider();
  admin = browserLike(server);
  await admin.signInByLink(await createSignInLink(server.context));
  providerId = await add({ issuer: idp.issuer, name: `Company ${idp.issuer}` });
});
afterEach(async () => {
  await server.context.database.pool.query('delete from sign_in_rules');
  await idp.close();
});

/** Adds a provider to Thimble, and Thimble to the provider. */
async function add(more: object): Promise<string> {
  const made = await admin.call('POST', '/identity-providers', { ...settings, ...more });
  expect(made).toMatchObject({ status: 201, body: { hasSecret: true } });
  expect(JSON.stringify(made.body)).not.toContain(TEST_CLIENT.secret);
  idp.register(String(made.body['redirectUri']));
  return String(made.body['id']);
}

const begin = async (browser: BrowserLike, query = ''): Promise<URL> => {
  const reply = await browser.open(`${server.url}/api/v1/session/oidc/${providerId}${query}`);
  expect(reply.status).toBe(302);
  return new URL(reply.headers.get('location') ?? '', server.url);
};

/** Brings an answer to the server. @returns where it leads, such as `/` or `/sign-in?failed=bad-answer` */
async function answer(browser: BrowserLike, url: URL): Promise<string> {
  const reply = await browser.open(server.url + url.pathname + url.search);
  expect(reply.status).toBe(302);
  return reply.headers.get('location') ?? '';
}

async function signIn(subject: string, browser = browserLike(server)): Promise<{ browser: BrowserLike; to: string }> {
  return { browser, to: await answer(browser, await authorise(await begin(browser), subject)) };
}

const rolesOf = async (personId: string): Promise<string[]> => {
  const { grants } = (await admin.call('GET', `/people/${personId}/grants`)).body as { grants: { roleId: string }[] };
  return grants.map(({ roleId }) => roleId).sort();
};

const person = async (browser: BrowserLike) =>
  (await browser.call('GET', '/me')).body as { id: string; name: string; login: string | null };

describe('an answer that holds', () => {
  test('lets in whoever has a role by a group, with that role; roles follow the groups, those given by people stay', async () => {
    idp.people.set('s1', {
      name: 'Ada',
      preferred_username: `ada-${idp.issuer.slice(-5)}`,
      groups: ['patchers', 'other'],
    });
    const first = await signIn('s1');
    expect(first.to).toBe('/');
    const ada = await person(first.browser);
    expect(ada).toMatchObject({ name: 'Ada', login: `ada-${idp.issuer.slice(-5)}` });
    expect(await rolesOf(ada.id)).toEqual(['operator']);
    const given = ['operator', 'viewer'].map((roleId) => ({ roleId, labels: null, includeClients: false }));
    await admin.call('PUT', `/people/${ada.id}/grants`, { grants: given });
    idp.people.set('s1', { name: 'Ada', groups: ['deciders'] });
    const second = await signIn('s1');
    expect(await person(second.browser)).toMatchObject({ id: ada.id });
    expect(await rolesOf(ada.id)).toEqual(['approver', 'viewer']);
    expect((await second.browser.call('GET', '/session')).body).toMatchObject({ setUpNeeded: false });
  });

  test('lets in somebody who was invited by that login, and nobody who has a way of their own already', async () => {
    const login = `bob-${idp.issuer.slice(-5)}`;
    const { person: bob } = (await admin.call('POST', '/people', { name: 'Bob', login })).body as {
      person: { id: string };
    };
    idp.people.set('s2', { preferred_username: login, groups: [] });
    const came = await signIn('s2');
    expect(came.to).toBe('/');
    expect((await person(came.browser)).id).toBe(bob.id);
    // Another subject that calls itself so is not Bob.
    idp.people.set('s3', { preferred_username: login, groups: [] });
    expect((await signIn('s3')).to).toBe('/sign-in?failed=not-invited');
  });

  test('does not take the word of an address that is not verified', async () => {
    const email = `carol-${idp.issuer.slice(-5)}@example.org`;
    await admin.call('POST', '/people', { name: 'Carol', login: email });
    idp.people.set('s4', { email, email_verified: false, groups: [] });
    expect((await signIn('s4')).to).toBe('/sign-in?failed=not-invited');
  });

  test('links the person who is signed in, and nobody else to the same identity', async () => {
    idp.people.set('s5', { groups: [] });
    const back = await answer(admin, await authorise(await begin(admin, '?link=true'), 's5'));
    expect(back).toBe('/account');
    const me = await person(admin);
    expect((await signIn('s5')).to).toBe('/');
    const fresh = browserLike(server);
    await fresh.signInByLink(await createSignInLink(server.context));
    expect((await person(fresh)).id).toBe(me.id);
    await server.context.database.pool.query('delete from person_identity where person_id = $1', [me.id]);
  });

  test('does not let in a person who was disabled', async () => {
    idp.people.set('s6', { name: 'Eve', groups: ['patchers'] });
    const { browser } = await signIn('s6');
    const { id } = await person(browser);
    await admin.call('DELETE', `/people/${id}`);
    expect((await signIn('s6')).to).toBe('/sign-in?failed=disabled');
    expect((await browser.call('GET', '/me')).status).toBe(401);
  });
});

describe('who configures a provider may be the provider, so it', () => {
  const invited = async (roles: readonly string[]): Promise<string> => {
    const login = `gus-${idp.issuer.slice(-5)}@example.org`;
    const { person: gus } = (await admin.call('POST', '/people', { name: 'Gus', login })).body as {
      person: { id: string };
    };
    const grants = roles.map((roleId) => ({ roleId, labels: null, includeClients: false }));
    expect((await admin.call('PUT', `/people/${gus.id}/grants`, { grants })).status).toBe(200);
    return login;
  };
  const asAdministrator = async (): Promise<void> => {
    const { call } = await personWith(server, ['administrator']);
    const mine = { ...settings, issuer: idp.issuer, name: `Mine ${idp.issuer}`, groupRoles: [] };
    expect((await call('PUT', `/identity-providers/${providerId}`, mine)).status).toBe(200);
  };

  test('is taken for nobody who was invited and may do more than who configured it', async () => {
    await asAdministrator();
    idp.people.set('evil', { preferred_username: await invited(['owner']) });
    expect((await signIn('evil')).to).toBe('/sign-in?failed=not-invited');
  });

  test('is taken for who may do less, by an address only when it says that it is verified', async () => {
    await asAdministrator();
    const email = await invited(['operator']);
    idp.people.set('gus', { email });
    expect((await signIn('gus')).to).toBe('/sign-in?failed=not-invited');
    idp.people.set('gus', { email, email_verified: true });
    expect((await signIn('gus')).to).toBe('/');
  });

  test('is taken for nobody who has come before, such as by a link alone', async () => {
    const login = await invited(['viewer']);
    await server.context.database.pool.query('update person set last_signed_in_at = now() where login = $1', [login]);
    idp.people.set('gus', { preferred_username: login });
    expect((await signIn('gus')).to).toBe('/sign-in?failed=not-invited');
  });

  test('is changed and removed by nobody who has less than its groups bring', async () => {
    const change = {
      ...settings,
      issuer: idp.issuer,
      name: `Both ${idp.issuer}`,
      groupRoles: [{ group: 'g', roleId: 'owner' }],
    };
    expect((await admin.call('PUT', `/identity-providers/${providerId}`, change)).status).toBe(200);
    const { call } = await personWith(server, ['administrator']);
    const without = { ...change, groupRoles: [] };
    const beyond = { status: 403, json: { code: 'beyond-yourself' } };
    expect(await call('PUT', `/identity-providers/${providerId}`, without)).toMatchObject(beyond);
    expect(await call('DELETE', `/identity-providers/${providerId}`)).toMatchObject(beyond);
  });
});

test('a role that was removed keeps no other role of a group from going', async () => {
  const { id } = (await admin.call('POST', '/roles', { name: `Night ${idp.issuer}`, permissions: ['runs:read'] })).body;
  const groupRoles = [...settings.groupRoles, { group: 'night', roleId: id }];
  const change = { ...settings, issuer: idp.issuer, name: `Night ${idp.issuer}`, groupRoles };
  expect((await admin.call('PUT', `/identity-providers/${providerId}`, change)).status).toBe(200);
  idp.people.set('n', { name: 'Nell', groups: ['patchers'] });
  const nell = await person((await signIn('n')).browser);
  expect((await admin.call('DELETE', `/roles/${String(id)}`)).status).toBe(204);
  idp.people.set('n', { name: 'Nell', groups: ['night'] });
  await signIn('n');
  expect(await rolesOf(nell.id)).toEqual([]);
});

test('an identity is unlinked by its person, but not as the last way in, and by administrators', async () => {
  idp.people.set('u', { name: 'Uma', preferred_username: `uma-${idp.issuer.slice(-5)}`, groups: ['patchers'] });
  const { browser } = await signIn('u');
  const uma = await person(browser);
  const unlink = () => browser.call('DELETE', `/me/identities/${providerId}`);
  expect(await unlink()).toMatchObject({ status: 409, code: 'last-way' });
  expect((await browser.call('PUT', '/me/password', { password: 'a river full of stones' })).status).toBe(204);
  expect((await unlink()).status).toBe(204);
  expect(await unlink()).toMatchObject({ status: 404 });
  expect((await browser.call('GET', '/me')).body).toMatchObject({ providers: [] });
  expect(await answer(browser, await authorise(await begin(browser, '?link=true'), 'u'))).toBe('/account');
  expect((await admin.call('DELETE', `/people/${uma.id}/identities`)).status).toBe(204);
  expect((await browser.call('GET', '/me')).status).toBe(401);
  expect(await admin.call('DELETE', `/people/${uma.id}/identities`)).toMatchObject({ code: 'not-linked' });
});

describe('an answer that does not', () => {
  beforeEach(() => idp.people.set('s', { name: 'Someone', groups: ['patchers'] }));

  const failed = (code: string): string => `/sign-in?failed=${code}`;

  test('another state, or one that was used', async () => {
    const browser = browserLike(server);
    const url = await authorise(await begin(browser), 's');
    const wrong = new URL(url);
    wrong.searchParams.set('state', 'x'.repeat(43));
    expect(await answer(browser, wrong)).toBe(failed('unknown-flow'));
    const again = await authorise(await begin(browser), 's');
    expect(await answer(browser, again)).toBe('/');
    expect(await answer(browser, again)).toBe(failed('unknown-flow'));
  });

  test('another nonce', async () => {
    const browser = browserLike(server);
    const start = await begin(browser);
    start.searchParams.set('nonce', 'y'.repeat(43));
    expect(await answer(browser, await authorise(start, 's'))).toBe(failed('bad-answer'));
  });

  test('another issuer, or none where the provider names itself (RFC 9207)', async () => {
    for (const issuer of ['https://evil.example', undefined]) {
      const browser = browserLike(server);
      const url = await authorise(await begin(browser), 's');
      if (issuer === undefined) url.searchParams.delete('iss');
      else url.searchParams.set('iss', issuer);
      expect(await answer(browser, url)).toBe(failed('bad-answer'));
    }
  });

  test('the answer of one provider given to another (mix-up)', async () => {
    const browser = browserLike(server);
    const url = await authorise(await begin(browser), 's');
    const other = await startIdentityProvider();
    try {
      const made = await admin.call('POST', '/identity-providers', {
        ...settings,
        name: other.issuer,
        issuer: other.issuer,
      });
      url.pathname = url.pathname.replace(providerId, String(made.body['id']));
      expect(await answer(browser, url)).toBe(failed('bad-answer'));
    } finally {
      await other.close();
    }
  });

  test('a code that was used, with a state that is right', async () => {
    const browser = browserLike(server);
    const used = await authorise(await begin(browser), 's');
    expect(await answer(browser, used)).toBe('/');
    const url = await authorise(await begin(browser), 's');
    url.searchParams.set('code', used.searchParams.get('code') ?? '');
    expect(await answer(browser, url)).toBe(failed('bad-answer'));
  });

  test('in another browser, as when somebody is made to sign in as the attacker', async () => {
    const url = await authorise(await begin(browserLike(server)), 's');
    const victim = browserLike(server);
    expect(await answer(victim, url)).toBe(failed('unknown-flow'));
    expect((await victim.call('GET', '/session')).status).toBe(401);
  });

  test('after ten minutes', async () => {
    const browser = browserLike(server);
    const url = await authorise(await begin(browser), 's');
    aheadMs = 600_000;
    expect(await answer(browser, url)).toBe(failed('unknown-flow'));
  });

  test('an ID token whose time is over on the server’s clock', async () => {
    const browser = browserLike(server);
    const url = await authorise(await begin(browser), 's');
    const { pool } = server.context.database;
    await pool.query(`update sign_in_challenge set expires_at = now() + interval '1 day'`);
    aheadMs = 2 * HOUR_MS;
    expect(await answer(browser, url)).toBe(failed('bad-answer'));
  });

  test('when the provider refuses, is down, or is not there', async () => {
    const browser = browserLike(server);
    const start = await begin(browser);
    const state = start.searchParams.get('state') ?? '';
    const iss = encodeURIComponent(idp.issuer);
    const refused = new URL(
      `${server.url}/api/v1/session/oidc/${providerId}/callback?error=access_denied&state=${state}&iss=${iss}`,
    );
    expect(await answer(browser, refused)).toBe(failed('provider-refused'));
    const url = await authorise(await begin(browser), 's');
    await idp.close();
    expect(await answer(browser, url)).toBe(failed('provider-unreachable'));
    expect((await begin(browser)).search).toBe('?failed=provider-unreachable');
    const tested = await admin.call('POST', `/identity-providers/${providerId}/test`);
    expect(tested.body['problem']).toMatch(/localhost/);
    providerId = '00000000-0000-7000-8000-0000000000ff';
    expect((await begin(browser)).search).toBe('?failed=provider-refused');
  });
});

describe('providers', () => {
  test('a test says whether it answers and names itself', async () => {
    const reply = await admin.call('POST', `/identity-providers/${providerId}/test`);
    expect(reply.body).toEqual({ problem: null, namesItself: true });
  });

  test('one inside the network, or without TLS, is asked only where the settings name its host', async () => {
    const strict = await startTestServer({});
    try {
      const browser = browserLike(strict);
      await browser.signInByLink(await createSignInLink(strict.context));
      for (const issuer of [idp.issuer, 'https://127.0.0.1:1', 'http://169.254.169.254/latest']) {
        const made = await browser.call('POST', '/identity-providers', { ...settings, name: issuer, issuer });
        const tested = await browser.call('POST', `/identity-providers/${String(made.body['id'])}/test`);
        expect(tested.body['problem'], issuer).toBeTypeOf('string');
      }
    } finally {
      await strict.stop();
    }
  });

  test('the secret stays where none is given, and is sealed; the issuer can’t change', async () => {
    const change = { ...settings, issuer: idp.issuer, name: 'Renamed', clientSecret: undefined };
    expect((await admin.call('PUT', `/identity-providers/${providerId}`, change)).body).toMatchObject({
      hasSecret: true,
    });
    idp.people.set('s', { name: 'Someone', groups: ['patchers'] });
    expect((await signIn('s')).to).toBe('/');
    const other = { ...change, issuer: 'https://login.example.org' };
    expect(await admin.call('PUT', `/identity-providers/${providerId}`, other)).toMatchObject({ code: 'other-issuer' });
    const { rows } = await server.context.database.pool.query('select client_secret_sealed from identity_provider');
    for (const { client_secret_sealed: sealed } of rows) expect(String(sealed)).not.toContain(TEST_CLIENT.secret);
    expect((await admin.call('DELETE', `/identity-providers/${providerId}`)).status).toBe(204);
    expect((await begin(browserLike(server))).search).toBe('?failed=provider-refused');
  });

  test('422: a group that brings a role which is not there', async () => {
    const wrong = { ...settings, issuer: idp.issuer, name: 'x', groupRoles: [{ group: 'g', roleId: 'emperor' }] };
    expect(await admin.call('POST', '/identity-providers', wrong)).toMatchObject({ status: 422, code: 'unknown-role' });
  });

  test('with single sign-on alone a password and links of administrators end; the server’s own link stays', async () => {
    idp.people.set('s', { name: 'Frank', preferred_username: `frank-${idp.issuer.slice(-5)}`, groups: ['patchers'] });
    const { browser } = await signIn('s');
    const frank = await person(browser);
    await browser.call('PUT', '/me/password', { password: 'a river full of stones' });
    const rules = { singleSignOnOnly: true, secondFactorRequired: false };
    expect((await admin.call('PUT', '/sign-in-rules', rules)).status).toBe(200);
    const byPassword = { login: frank.login, password: 'a river full of stones' };
    expect(await browser.call('POST', '/session/password', byPassword)).toMatchObject({ code: 'single-sign-on-only' });
    expect(await admin.call('POST', `/people/${frank.id}/link`)).toMatchObject({ code: 'single-sign-on-only' });
    expect((await signIn('s')).to).toBe('/');
    const local = browserLike(server);
    expect((await local.signInByLink(await createSignInLink(server.context))).status).toBe(200);
  });
});
