import { API, BUILT_IN_ROLES, type Session } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole, type OpenConsole } from './testing/open-console.ts';

let open: OpenConsole;

beforeAll(async () => {
  open = await openConsole({ endpointCount: 5 });
  await open.page.route(`**${API}/session`, async (route) => {
    if (route.request().method() !== 'GET') return route.fallback();
    const response = await route.fetch();
    const session = (await response.json()) as Session;
    return route.fulfill({ response, json: { ...session, permissions: [...BUILT_IN_ROLES.viewer.permissions] } });
  });
  await open.signIn();
});
afterAll(() => open.close());

test.each([
  ['/runs', 'New patch run', 'runs:propose'],
  ['/rollouts', 'Start a rollout …', 'runs:propose'],
  ['/policies', 'New policy …', 'policies:write'],
  ['/snapshots', 'New snapshot …', 'content:write'],
  ['/blocks', 'Block a version …', 'content:write'],
  ['/repositories', 'Add …', 'content:write'],
  ['/feeds', 'Sync all that are needed', 'feeds:write'],
  ['/exceptions', 'Import VEX', 'exceptions:write'],
  ['/windows', 'Freeze …', 'policies:write'],
])('%s tells a viewer what “%s” needs, and does nothing', async (path, name, permission) => {
  await open.goTo(path);
  const control = open.page
    .locator('main')
    .getByText(name, { exact: true })
    .locator('xpath=ancestor-or-self::*[@title]');
  await control.waitFor();
  expect(await control.getAttribute('title')).toContain(permission);
  await control.click({ force: true });
  expect(new URL(open.page.url()).pathname).toBe(path);
  expect(await open.page.getByRole('dialog').count()).toBe(0);
});
