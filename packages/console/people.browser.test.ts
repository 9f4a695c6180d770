import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole, type OpenConsole } from './testing/open-console.ts';

let open: OpenConsole;

beforeAll(async () => {
  open = await openConsole({ endpointCount: 20 });
  await open.signIn();
});
afterAll(() => open.close());

test('somebody is invited with a role, and their link is shown once', async () => {
  const { page, api } = open;
  await open.goTo('/people');
  await page.getByRole('button', { name: 'Invite …' }).click();
  await page.getByLabel('Name').fill('Zoe Brandt');
  await page.getByLabel('Login').fill('zoe@example.org');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.getByText('Zoe Brandt is invited').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Roles of Zoe Brandt' }).waitFor();
  const zoe = api.state.access.people.find(({ name }) => name === 'Zoe Brandt');
  expect(api.state.access.grants.get(zoe?.id ?? '')).toEqual([
    { roleId: 'viewer', labels: null, includeClients: false },
  ]);
});

test('a role is kept to endpoints with labels, and what can’t be read is not saved as all', async () => {
  const { page, api } = open;
  await open.goTo('/people');
  await page.getByRole('button', { name: 'Roles of Cleo Martin' }).click();
  await page.getByRole('button', { name: 'Another role' }).click();
  const labels = page.getByLabel('For endpoints with');
  await labels.fill('site');
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await labels.fill('site=bern');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('viewer on site=bern').waitFor();
  const cleo = api.state.access.people.find(({ name }) => name === 'Cleo Martin');
  expect(api.state.access.grants.get(cleo?.id ?? '')).toMatchObject([{ labels: { site: 'bern' } }]);
  expect(open.errors).toEqual([]);
});
