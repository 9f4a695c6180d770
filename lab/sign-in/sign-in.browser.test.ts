import { buildConsole } from '@thimble/console';
import { type Browser, launchBrowser } from '@thimble/console/testing';
import { STAGES } from '@thimble/server';
import { TEST_CLIENT, createSignInLink, startIdentityProvider } from '@thimble/server/access-testing';
import { type TestServer, startTestServer } from '@thimble/server/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { addVirtualAuthenticator } from '../virtual-authenticator.ts';

/** Generous: the machine may be busy with other tests. */
const LIMIT_MS = 60_000;

let browser: Browser;
let server: TestServer;
let window: BrowserContext;

beforeAll(async () => {
  const { folder } = await buildConsole();
  browser = await launchBrowser();
  server = await startTestServer({
    stages: STAGES,
    consoleDirectory: folder,
    settings: { identityProviderHosts: 'localhost' },
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  window = await browser.newContext({ ignoreHttpsErrors: true });
});
afterEach(() => window.close());

async function openPage(): Promise<Page> {
  const page = await window.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  return page;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

test('a fresh server is set up by its first person with a passkey, who signs out and in again by it', async () => {
  const page = await openPage();
  await addVirtualAuthenticator(page);
  await page.goto(`${server.url}/sign-in#${await createSignInLink(server.context)}`);
  await heading(page, 'Set up your account');
  expect(page.url()).not.toContain('#');
  await page.getByLabel('Your organisation').fill('Example Company');
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('Login').fill('ada@example.org');
  await page.getByRole('button', { name: 'Go on' }).click();
  await heading(page, 'How you sign in');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await heading(page, 'Overview');
  await page.getByText('Example Company').first().waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'Sign in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await heading(page, 'Overview');
  await page.getByRole('link', { name: 'Ada Lovelace' }).first().click();
  await heading(page, 'Account');
  await page.getByText('This device').first().waitFor();
  const { rows } = await server.context.database.pool.query(
    `select detail->>'method' as method from evidence where kind = 'signed-in' order by sequence`,
  );
  expect(rows.map(({ method }) => method)).toEqual(['link', 'passkey']);
});

test('a password with an authenticator app, then a code; a sensitive change asks for a proof', async () => {
  const page = await openPage();
  const { id } = await invite('bob@example.org');
  await page.goto(`${server.url}/sign-in#${await createSignInLink(server.context, id)}`);
  await heading(page, 'Set up your account');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('tab', { name: 'Password' }).click();
  await page.getByLabel('New password').fill('a river full of stones');
  await page.getByLabel('The same again').fill('a river full of stones');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('link', { name: 'bob@example.org' }).first().waitFor();
  await server.context.database.pool.query(`update session set confirmed_at = now() - interval '1 hour'`);
  await page.goto(`${server.url}/account`);
  await page.getByRole('button', { name: 'Add an authenticator app' }).click();
  const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
  await dialog.getByLabel('Your password').fill('a river full of stones');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
});

test('an identity provider lets somebody in by their group', async () => {
  const provider = await startIdentityProvider();
  try {
    provider.people.set('carol', { name: 'Carol', preferred_username: 'carol', groups: ['patchers'] });
    provider.register(await addProvider(provider.issuer));
    const page = await openPage();
    await page.goto(`${server.context.publicUrl}/sign-in`);
    await page.getByRole('link', { name: 'Sign in with Company' }).click();
    await page.locator('input[name="login"]').fill('carol');
    await page.locator('input[name="password"]').fill('any');
    await page.locator('button[type="submit"]').click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'Overview');
    await page.getByRole('link', { name: 'Carol' }).first().waitFor();
  } finally {
    await provider.close();
  }
});

async function asAdministrator<T>(method: string, path: string, body: unknown): Promise<T> {
  const cookie = await server.signIn();
  const reply = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(201);
  return (await reply.json()) as T;
}

async function invite(login: string): Promise<{ id: { organisationId: string; personId: string } }> {
  const { person } = await asAdministrator<{ person: { id: string } }>('POST', '/people', { name: login, login });
  return { id: { organisationId: server.context.defaultOrganisationId, personId: person.id } };
}

/** @returns the address that the provider has to know */
async function addProvider(issuer: string): Promise<string> {
  const { redirectUri } = await asAdministrator<{ redirectUri: string }>('POST', '/identity-providers', {
    name: 'Company',
    issuer,
    clientId: TEST_CLIENT.id,
    clientSecret: TEST_CLIENT.secret,
    scopes: 'profile email groups',
    groupsClaim: 'groups',
    groupRoles: [{ group: 'patchers', roleId: 'operator' }],
    createsPeople: true,
    enabled: true,
  });
  return redirectUri;
}
