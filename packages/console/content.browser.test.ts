import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, type Browser } from './testing/browser.ts';
import { openConsole, type OpenConsole } from './testing/open-console.ts';

const ENDPOINTS = 120;
let browser: Browser;
let open: OpenConsole;
beforeAll(async () => {
  browser = await launchBrowser();
  open = await openConsole({ browser, endpointCount: ENDPOINTS });
  await open.signIn();
});
afterAll(async () => {
  await open.close();
  await browser.close();
});

/** Waits until it holds; generous, because the machine may be busy with other tests. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 60_000, interval: 100 });

const button = (name: string | RegExp) => open.page.getByRole('button', { name, exact: true });
const dialog = (name?: string | RegExp) => open.page.getByRole('dialog', name === undefined ? {} : { name });
const content = () => open.api.state.content;
const repository = (name: string) => content().repositories.find(({ summary }) => summary.name === name)?.summary;
const row = (name: string) => open.page.getByRole('row', { name: new RegExp(`^${name}`) });
const channel = (name: string) => content().channels.find((one) => one.name === name);

/** Each test goes on where the one before ended, as an administrator’s day does. */
describe('from what the fleet has configured to a run', () => {
  const NAME = 'November patches';
  const made = () => content().snapshots.find(({ summary }) => summary.name === NAME);

  test('a proposal is added only when somebody says that the fingerprints were compared', async () => {
    await open.goTo('/repositories');
    await button('Add Docker').click();
    const key = content().keys.docker.fingerprint;
    await dialog()
      .getByText(key.replaceAll(/(.{4})(?=.)/g, '$1 '))
      .waitFor();
    await dialog()
      .getByText(/accepted by 37 endpoints/)
      .waitFor();
    expect(await dialog().getByRole('button', { name: 'Add', exact: true }).isDisabled()).toBe(true);
    await dialog().getByRole('checkbox', { name: 'I have compared these fingerprints' }).check();
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await row('Docker').waitFor();
    expect(repository('Docker')?.keys.map(({ fingerprint }) => fingerprint)).toEqual([key]);
    expect(content().proposals.map(({ name }) => name)).not.toContain('Docker');
  });

  test('the first check shows live, from running to verified', async () => {
    await row('Docker').getByText('Packages.xz').waitFor();
    await row('Docker').getByText('Verified').waitFor();
    await row('Docker').getByText('just now').waitFor();
  });

  test('a snapshot is refused with the reason while upstreams fail, and made from their last good states on demand', async () => {
    await open.goTo('/snapshots');
    await button('New snapshot …').click();
    await dialog().getByLabel('Name').fill(NAME);
    await dialog().getByRole('button', { name: 'Freeze' }).click();
    await dialog().getByText('No snapshot was made').waitFor();
    await dialog()
      .getByText(/Debian 12 security: Upstream ended/)
      .waitFor();
    expect(made()).toBeUndefined();
    await dialog().getByRole('radio', { name: 'Take its last good state' }).check();
    await dialog().getByRole('button', { name: 'Freeze' }).click();
    await open.page.getByRole('heading', { name: NAME, level: 1 }).waitFor();
    expect(new URL(open.page.url()).pathname).toBe(`/snapshots/${made()?.summary.id ?? ''}`);
  });

  test('its difference says what it closes first, with the filters in the address', async () => {
    const section = open.page.getByRole('region', { name: 'What it would change' });
    await section.getByText(/vulnerabilities, \d of them exploited/).waitFor();
    const table = open.page.getByRole('table', { name: 'Packages that differ' });
    const first = table.getByRole('row').nth(1);
    expect(await first.textContent()).toMatch(/sudo.*CVE-2025-32463/);
    await open.page.getByRole('note').getByText('Installers').waitFor();
    await open.page.getByText('Every package').click();
    await open.page.getByLabel('Search packages').fill('bind9');
    await eventually(() => new URL(open.page.url()).search).toBe('?every=true&search=bind9');
    await eventually(() => table.getAttribute('aria-rowcount')).toBe('2');
    await table.getByText('blocked').waitFor();
    const oldest = content().snapshots.at(-1)?.summary;
    await open.page.getByLabel('Against which snapshot').selectOption(oldest?.id ?? '');
    await open.page.getByRole('heading', { name: `What changes since ${oldest?.name ?? ''}` }).waitFor();
    await open.page.reload();
    await open.page.getByRole('heading', { name: `What changes since ${oldest?.name ?? ''}` }).waitFor();
    await eventually(() => table.getAttribute('aria-rowcount')).toBe('2');
  });

  test('the export holds what the filter gives', async () => {
    const arriving = open.page.waitForEvent('download');
    await button('Export CSV').click();
    let text = '';
    for await (const chunk of await (await arriving).createReadStream()) text += String(chunk);
    const [head, ...lines] = text.trimEnd().split('\r\n');
    expect(head).toBe('package,architecture,from,to,closes,endpoints,bytes,repository,blocked');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^bind9-libs,amd64,.*,true$/);
  });

  test('a promotion moves a channel, and is undone', async () => {
    const before = channel('canary')?.snapshot?.name;
    await button('Promote …').click();
    await dialog()
      .getByText(`It points at ${before ?? ''} now`)
      .waitFor();
    expect(await dialog().getByLabel('Channel').inputValue()).toBe('canary');
    await dialog().getByLabel('Note').fill('Tuesday');
    await dialog().getByRole('button', { name: 'Promote', exact: true }).click();
    await eventually(() => channel('canary')?.snapshot?.name).toBe(NAME);
    expect(channel('canary')?.moves[0]?.note).toBe('Tuesday');
    await open.goTo('/snapshots');
    const card = open.page.getByRole('region', { name: 'Channels' });
    await card.getByRole('link', { name: NAME }).waitFor();
    await card.getByText('newest').waitFor();
    await button(/undo the last promotion of canary$/).click();
    await dialog().getByRole('button', { name: 'Point back' }).click();
    await eventually(() => channel('canary')?.snapshot?.name).toBe(before);
    await card.getByRole('link', { name: NAME }).waitFor({ state: 'detached' });
  });

  test('a run from it names it in the request and on its page, and endpoints fetch ahead', async () => {
    await open.goTo(`/snapshots/${made()?.summary.id ?? ''}`);
    await button('Patch from it …').click();
    const asked = open.page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('/runs'));
    await dialog('New patch run').getByRole('button', { name: 'Plan' }).click();
    expect((await asked).postDataJSON()).toMatchObject({ content: { snapshotId: made()?.summary.id } });
    await open.page.getByRole('link', { name: NAME }).waitFor();
    await button(/^Fetch ahead \(\d+\) …$/).click();
    await dialog().getByRole('button', { name: 'Fetch ahead' }).click();
    const told = open.page.getByRole('status').filter({ hasText: 'Fetched ahead' });
    const planned = ENDPOINTS - 1;
    await told.getByText(`Fetched ahead on 0 of ${planned}, under way on ${planned}`).waitFor();
    await told.getByText(new RegExp(`^Fetched ahead on ${planned} of ${planned}: .* of it from relays$`)).waitFor();
    await button(/^Result of/)
      .first()
      .click();
    await open.page
      .getByText(/^Everything that was planned is on the endpoint/)
      .first()
      .waitFor();
  });

  test('a row of the difference is blocked with its version filled in, and the result tells what it stopped', async () => {
    await open.goTo(`/snapshots/${made()?.summary.id ?? ''}`);
    await button(/^Block sudo /).click();
    expect(await dialog().getByRole('textbox', { name: 'Package' }).inputValue()).toBe('sudo');
    expect(await dialog().getByLabel('Version').inputValue()).toBe('1.9.13p3-1+deb12u2');
    expect(await dialog().getByRole('button', { name: 'Block', exact: true }).isDisabled()).toBe(true);
    await dialog().getByLabel('Why').fill('Breaks the login of operators');
    await dialog().getByRole('button', { name: 'Block', exact: true }).click();
    const block = () => content().blocks[0];
    await dialog()
      .getByText(/^\d+ orders were stopped\.$/)
      .waitFor();
    expect(block()).toMatchObject({ name: 'sudo', source: false, reason: 'Breaks the login of operators' });
    expect(await dialog().textContent()).toContain(`${block()?.stoppedOrders ?? 0} orders were stopped.`);
    expect(await dialog().textContent()).toContain(
      `${block()?.tooLateOrders ?? 0} orders were past the point of no return and could not be stopped.`,
    );
    expect(await dialog().textContent()).toContain(`Installed already on ${block()?.installedCount ?? 0} endpoints`);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await row('sudo').getByText('blocked').waitFor();
    expect(await button(/^Block sudo /).count()).toBe(0);
  });

  test('a block is lifted after a question, and stays in the list of all', async () => {
    await open.goTo('/blocks');
    await button(/^Lift the block of sudo/).click();
    await dialog().getByRole('button', { name: 'Lift the block' }).click();
    await row('sudo').waitFor({ state: 'detached' });
    await open.page.getByText(/^All \d$/).click();
    await row('sudo').getByText('lifted', { exact: true }).waitFor();
    expect(content().blocks[0]?.liftedAt).not.toBeNull();
  });
});

describe('what upstream gave and was not taken', () => {
  test('is named in words, with where, how often, and that the last good revision serves', async () => {
    await open.goTo('/repositories?show=trouble');
    await button('Debian 12 security').click();
    const fault = open.page.getByRole('note').filter({ hasText: 'ended too early' });
    await fault.getByText('truncated', { exact: true }).waitFor();
    await fault.getByText(/Upstream ended main\/binary-amd64\/Packages.xz after 184,320 of 261,888 bytes/).waitFor();
    await fault.getByText(/3 times, last/).waitFor();
    await fault.getByText('Nothing of it was taken: the last good revision serves.').waitFor();
    expect(await fault.getByRole('button').count()).toBe(0);
    await open.page.getByRole('img', { name: /^Packages that came and went with 23 revisions/ }).waitFor();
  });

  test('is taken all the same only where a person may decide it, and by name', async () => {
    const id = repository('Ubuntu 24.04 security')?.fault?.id;
    await button('Ubuntu 24.04 security').click();
    const asked = open.page.waitForRequest((one) => one.url().endsWith('/sync'));
    await button('Take this state all the same').click();
    expect((await asked).postDataJSON()).toEqual({ acceptFaultId: id });
    await eventually(() => repository('Ubuntu 24.04 security')?.health).toBe('fresh');
    await row('Ubuntu 24.04 security').waitFor({ state: 'detached' });
  });
});

test('the command of a new relay is shown once, and the relay waits to be started', async () => {
  await open.goTo('/content-store');
  await button('New relay …').click();
  await dialog().getByLabel('Name').fill('relay-bern');
  await dialog().getByLabel('Site').fill('Bern');
  await dialog().getByRole('button', { name: 'Create' }).click();
  const command = dialog().getByText(/^thimble relay --upstream .* --token thimble_relay_[0-9a-f]{40}/);
  const token = /thimble_relay_[0-9a-f]+/.exec((await command.textContent()) ?? '')?.[0] ?? 'none';
  await dialog().getByRole('button', { name: 'Close' }).last().click();
  await row('relay-bern').getByText('Not started').waitFor();
  await open.page.reload();
  await row('relay-bern').waitFor();
  expect(await open.page.content()).not.toContain(token);
});

test('what other people change shows without a reload', async () => {
  await open.goTo('/snapshots');
  const [first] = content().snapshots;
  await open.page.getByRole('row', { name: new RegExp(first?.summary.name ?? 'none') }).waitFor();
  content().putSnapshot(first?.summary.id ?? '', (one) => ({
    ...one,
    summary: { ...one.summary, name: 'renamed by somebody else' },
  }));
  await row('renamed by somebody else').waitFor();
});

test('keys lead to repositories, snapshots, blocks and the content store', async () => {
  for (const [key, name] of [
    ['p', 'Repositories'],
    ['z', 'Snapshots'],
    ['b', 'Blocks'],
    ['c', 'Content store'],
  ] as const) {
    // Both keys must come within a moment, which a busy machine may not manage at once.
    await eventually(async () => {
      await open.page.keyboard.press('g');
      await open.page.keyboard.press(key);
      return open.page.getByRole('heading', { name, level: 1 }).count();
    }).toBe(1);
    expect(await open.page.title()).toBe(`${name} · Thimble`);
  }
});

test('the site of an endpoint is said on its page', async () => {
  const endpoint = open.api.state.fleet[0]?.summary;
  await open.goTo(`/endpoints/${endpoint?.id ?? ''}`);
  await button(/^Edit role and site/).click();
  await dialog().getByRole('radio', { name: 'High' }).check();
  await dialog().getByRole('radio', { name: 'Internet' }).check();
  await dialog().getByLabel('Site').fill('fra');
  await dialog().getByRole('button', { name: 'Save' }).click();
  const panel = open.page.getByRole('region', { name: 'Role, site and labels' });
  await panel.getByText('fra', { exact: true }).waitFor();
  expect(open.api.state.assets.get(endpoint?.id ?? '')).toEqual({
    criticality: 'high',
    exposure: 'internet',
    site: 'fra',
    labels: {},
    groups: [],
    timeZone: '',
  });
});

test('the overview says how many repositories are in trouble and leads there', async () => {
  await open.goTo('/');
  const figures = open.page.getByRole('region', { name: 'Content' });
  await figures.getByText('did not cross the Internet link in 30 days').waitFor();
  await figures.getByRole('link', { name: /^Repositories in trouble/ }).click();
  await open.page.getByRole('heading', { name: 'Repositories', level: 1 }).waitFor();
  expect(new URL(open.page.url()).search).toBe('?show=trouble');
  // Refusals are errors of the network to the browser; nothing else may be logged.
  expect(open.errors.filter((error) => !/status of (401|409)/.test(error))).toEqual([]);
});
