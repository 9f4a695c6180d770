import { buildConsole } from '@thimble/console';
import { type Browser, launchBrowser } from '@thimble/console/testing';
import { ORGANISATION_HEADER } from '@thimble/protocol';
import { STAGES } from '@thimble/server';
import { type TestServer, startTestServer } from '@thimble/server/testing';
import type { BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

/** Generous: the machine may be busy with other tests. */
const LIMIT_MS = 60_000;

let browser: Browser;
let server: TestServer;
let cookie: string;
let alder: string;
let birch: string;
let window: BrowserContext;

beforeAll(async () => {
  const { folder } = await buildConsole();
  browser = await launchBrowser();
  server = await startTestServer({ stages: STAGES, consoleDirectory: folder });
  cookie = await server.signIn();
  [alder, birch] = [await makeClient('Alder'), await makeClient('Birch')];
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  window = await browser.newContext();
  await window.addCookies(
    cookie.split('; ').map((each) => {
      const [name = '', value = ''] = each.split('=');
      return { name, value, url: server.url };
    }),
  );
});
afterEach(() => window.close());

/** A client with an enrolment token of its name. */
async function makeClient(name: string): Promise<string> {
  const { id } = await call<{ id: string }>('/organisations', { name });
  await call('/enrolment-tokens', { name: `${name} machines` }, id);
  return id;
}

async function call<T>(path: string, body: unknown, organisation?: string): Promise<T> {
  const reply = await fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      cookie,
      'content-type': 'application/json',
      ...(organisation === undefined ? {} : { [ORGANISATION_HEADER]: organisation }),
    },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(201);
  return (await reply.json()) as T;
}

/** A tab, and the organisation that each of its requests to the API named. */
async function openTab(path: string): Promise<{ readonly page: Page; readonly named: (string | undefined)[] }> {
  const page = await window.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  const named: (string | undefined)[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/api/v1/')) named.push(namedBy(request));
  });
  await page.goto(server.url + path);
  return { page, named };
}

const namedBy = (request: Request): string | undefined =>
  request.headers()[ORGANISATION_HEADER] ?? new URL(request.url()).searchParams.get('organisation') ?? undefined;

const band = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Organisation' }).getByText(`You act in ${name}`).waitFor();

describe('the organisation in which one acts', () => {
  test('is that of the address: two tabs in two clients never mix, and a reload stays', async () => {
    const first = await openTab(`/in/${alder}/enrolment`);
    const second = await openTab(`/in/${birch}/enrolment`);
    await first.page.getByText('Alder machines').waitFor();
    await second.page.getByText('Birch machines').waitFor();
    await call('/enrolment-tokens', { name: 'Alder laptops' }, alder);
    await first.page.reload();
    await band(first.page, 'Alder');
    await band(second.page, 'Birch');
    await first.page.getByText('Alder laptops').waitFor();
    await second.page.getByRole('link', { name: 'Windows' }).click();
    await second.page.getByRole('link', { name: 'As a calendar' }).waitFor();
    const file = await second.page.getByRole('link', { name: 'As a calendar' }).getAttribute('href');
    expect(new URL(file ?? '', server.url).searchParams.get('organisation')).toBe(birch);
    expect(new Set(first.named)).toEqual(new Set([alder]));
    expect(new Set(second.named)).toEqual(new Set([birch]));
    expect(await second.page.getByText('Alder machines').count()).toBe(0);
    expect(await second.page.title()).toContain('Birch');
  });

  test('is changed by the switch, and by going back', async () => {
    const { page, named } = await openTab('/enrolment');
    await page.getByRole('button', { name: 'Organisation: Default' }).click();
    await page.getByRole('searchbox', { name: 'Search organisations' }).fill('bir');
    await page.keyboard.press('Enter');
    await page.getByText('Birch machines').waitFor();
    await band(page, 'Birch');
    expect(new URL(page.url()).pathname).toBe(`/in/${birch}/enrolment`);
    named.length = 0;
    await page.getByRole('link', { name: 'Evidence', exact: true }).click();
    await page.getByRole('heading', { name: 'Evidence', level: 1 }).waitFor();
    expect(new Set(named)).toEqual(new Set([birch]));
    await page.getByRole('link', { name: 'Back to Default' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(await page.getByRole('region', { name: 'Organisation' }).count()).toBe(0);
    await page.goBack();
    await band(page, 'Birch');
  });

  test('that one may not enter shows nothing but the way home', async () => {
    const { page } = await openTab('/in/0197a1c2-0000-7000-8000-00000000000a/endpoints');
    await page.getByText('You may do nothing in this organisation.').waitFor();
    await page.getByRole('link', { name: 'Go to your own organisation' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  });

  test('shows a change of its own, and none of another', async () => {
    const first = await openTab(`/in/${alder}/policies`);
    const second = await openTab(`/in/${birch}/policies`);
    for (const { page } of [first, second]) await page.getByRole('status').getByText('Live').first().waitFor();
    await call('/freezes', { reason: 'Alder stock-taking' }, alder);
    await first.page.getByRole('link', { name: 'Windows' }).click();
    await first.page.getByText('Alder stock-taking').first().waitFor();
    await second.page.getByRole('link', { name: 'Windows' }).click();
    await second.page.getByRole('heading', { name: 'Windows', level: 1 }).waitFor();
    expect(await second.page.getByText('Alder stock-taking').count()).toBe(0);
  });
});
