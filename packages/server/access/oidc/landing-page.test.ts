import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedOrganisation } from '../../testing/seed-content.ts';
import { type TestServer, startTestServer } from '../../testing.ts';
import { createSignInLink } from '../index.ts';
import { authorise } from '../testing/authorise.ts';
import { type BrowserLike, browserLike } from '../testing/browser-like.ts';
import { TEST_CLIENT, type TestIdentityProvider, startIdentityProvider } from '../testing/identity-provider.ts';

let server: TestServer;
let idp: TestIdentityProvider;
let begins: string;
let personId: string;
let mine: string;
let other: string;

beforeAll(async () => {
  server = await startTestServer({ settings: { identityProviderHosts: 'localhost' } });
  idp = await startIdentityProvider();
  const admin = browserLike(server);
  await admin.signInByLink(await createSignInLink(server.context));
  const { body } = await admin.call('POST', '/identity-providers', {
    name: 'Company',
    issuer: idp.issuer,
    clientId: TEST_CLIENT.id,
    clientSecret: TEST_CLIENT.secret,
    scopes: 'profile groups',
    groupsClaim: 'groups',
    groupRoles: [{ group: 'patchers', roleId: 'operator' }],
    createsPeople: true,
    enabled: true,
  });
  idp.register(String(body['redirectUri']));
  begins = `${server.url}/api/v1/session/oidc/${String(body['id'])}`;
  idp.people.set('tess', { name: 'Tess', groups: ['patchers'] });
  const browser = browserLike(server);
  await comeFrom(undefined, browser);
  personId = String((await browser.call('GET', '/me')).body['id']);
  // From now on the groups bring nothing.
  idp.people.set('tess', { name: 'Tess', groups: [] });
  [mine, other] = [await seedOrganisation(server.context, 'Mine'), await seedOrganisation(server.context, 'Other')];
});
afterAll(async () => {
  await idp.close();
  await server.stop();
});

/** Signs in through the provider. @returns the address where it leads */
async function comeFrom(from: string | undefined, browser: BrowserLike = browserLike(server)): Promise<string> {
  const start = await browser.open(from === undefined ? begins : `${begins}?from=${from}`);
  const back = await authorise(new URL(start.headers.get('location') ?? ''), 'tess');
  const end = await browser.open(server.url + back.pathname + back.search);
  return end.headers.get('location') ?? '';
}

async function mayOnly(...organisationIds: readonly string[]): Promise<void> {
  const { pool } = server.context.database;
  await pool.query('delete from access_grant where person_id = $1', [personId]);
  for (const organisationId of organisationIds)
    await pool.query(
      `insert into access_grant (id, person_id, organisation_id, role_id, include_clients, created_at, created_by)
       values ($1, $2, $3, 'viewer', false, now(), 'test')`,
      [randomUUID(), personId, organisationId],
    );
}

test('whose only role is in a client comes in there, wherever they began', async () => {
  await mayOnly(mine);
  for (const from of [undefined, mine, other, randomUUID()]) expect(await comeFrom(from), from).toBe(`/in/${mine}/`);
});

test('who may do something in several comes in where they began, else at home', async () => {
  const home = server.context.defaultOrganisationId;
  await mayOnly(home, mine);
  expect(await comeFrom(mine)).toBe(`/in/${mine}/`);
  for (const from of [undefined, home, other]) expect(await comeFrom(from), from).toBe('/');
});

test('who may do nothing anywhere comes in at home, and nobody is sent to another site', async () => {
  await mayOnly();
  expect(await comeFrom(mine)).toBe('/');
  for (const from of ['//evil.example', 'https://evil.example', `${mine}/../../`])
    expect((await browserLike(server).open(`${begins}?from=${encodeURIComponent(from)}`)).status).toBe(400);
});
