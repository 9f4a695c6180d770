import { API, BUILT_IN_ROLES, type Session } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole, type OpenConsole } from './testing/open-console.ts';

const VIEWER = [...BUILT_IN_ROLES.viewer.permissions];
let open: OpenConsole;
const asked: string[] = [];

beforeAll(async () => {
  open = await openConsole({ endpointCount: 5 });
  await open.page.route(`**${API}/session`, async (route) => {
    if (route.request().method() !== 'GET') return route.fallback();
    const response = await route.fetch();
    const session = (await response.json()) as Session;
    return route.fulfill({ response, json: { ...session, permissions: VIEWER, limited: VIEWER } });
  });
  open.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await open.signIn();
});
afterAll(() => open.close());

test('who sees some endpoints has an overview of those, and nothing is asked that would be refused', async () => {
  asked.length = 0;
  await open.goTo('/');
  await open.page.getByText('Of the endpoints that your roles are for.').waitFor();
  await open.page.getByText('Endpoints by state').waitFor();
  expect(asked.filter((path) => path.startsWith(`${API}/content/`))).toEqual([]);
});

test.each([
  ['/policies', 'Policies', 'This page is about the whole organisation'],
  ['/people', 'People', 'Your roles do not open this page'],
])('%s has no link, and says why it does not open', async (path, label, words) => {
  await open.goTo('/');
  await open.page.getByText('Endpoints by state').waitFor();
  expect(await open.page.getByRole('navigation').getByRole('link', { name: label, exact: true }).count()).toBe(0);
  await open.goTo(path);
  await open.page.getByText(words).waitFor();
  await open.page.getByRole('heading', { name: label }).waitFor();
});
