import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, type Browser } from './testing/browser.ts';
import { openConsole, type OpenConsole } from './testing/open-console.ts';

let browser: Browser;
let open: OpenConsole;
beforeAll(async () => {
  browser = await launchBrowser();
  open = await openConsole({ browser, endpointCount: 150, stepMs: 400 });
  await open.signIn();
});
afterAll(async () => {
  await open.close();
  await browser.close();
});

/** Waits until it holds; generous, because the machine may be busy with other tests. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 60_000, interval: 100 });

const button = (name: string | RegExp) => open.page.getByRole('button', { name, exact: true });
const dialog = () => open.page.getByRole('dialog');
const heading = (name: string | RegExp) => open.page.getByRole('heading', { name, exact: true }).first();
const patching = () => open.api.state.patching;
const policy = (name: string) => patching().policies.find(({ summary }) => summary.name === name);
const text = () => open.page.getByLabel('The policy’s text');

/** Each test goes on where the one before ended, as an administrator’s day does. */
describe('from a template to a rollout that is through', () => {
  const NAME = 'nightly-security';
  const rollout = () => patching().rollouts.find(({ detail }) => detail.summary.policy.name === NAME);

  test('an error shows while it is written, at its line and at its field, and goes when it is mended', async () => {
    await open.goTo('/policies');
    await open.page.getByRole('link', { name: 'New policy …' }).click();
    await open.page.getByText('It can be saved.').waitFor();
    await open.page.getByText('Text', { exact: true }).click();
    const written = await text().inputValue();
    await text().fill(written.replace('soak: 2h', 'soak: two hours'));
    const place = button(`Line ${written.split('\n').findIndex((line) => line.includes('soak: 2h')) + 1}`).first();
    await place.click();
    expect(
      await text().evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd)),
    ).toBe('    soak: two hours # Long enough to see it break.');
    expect(await button('Save').isDisabled()).toBe(true);
    await open.page.getByText('Form', { exact: true }).click();
    const soak = open.page.getByRole('group', { name: 'ring first' }).getByLabel('Soaks for');
    await eventually(() => soak.getAttribute('aria-invalid')).toBe('true');
    await soak.fill('4h');
    await soak.blur();
    await open.page.getByText('It can be saved.').waitFor();
  });

  test('what a field changes leaves comments as they are, and the effect stands beside it', async () => {
    await open.page.getByText('Text', { exact: true }).click();
    expect(await text().inputValue()).toContain('soak: 4h # Long enough to see it break.');
    const effect = open.page.getByRole('region', { name: 'Effect of the policy' });
    await effect.getByText('149 endpoints').waitFor();
  });

  test('a preview is computed, compared and shown before anything is saved', async () => {
    await button('Preview').click();
    await button('What if …').click();
    await open.page.getByLabel('Package', { exact: true }).fill('openssl');
    await button('Compute').click();
    await heading('The coming 60 days').waitFor();
    await heading('Compared with the policies as they are').waitFor();
    await open.page.getByRole('img', { name: /^Line chart: at most/ }).waitFor();
    expect(policy(NAME)).toBeUndefined();
  });

  test('it is saved, and a rollout of it is watched to its end: halted, resumed, finished', async () => {
    await button('Save').click();
    await heading(NAME).waitFor();
    expect(policy(NAME)?.text).toContain('soak: 4h # Long');
    patching().paused = true;
    await button('Start a rollout …').click();
    await dialog().getByRole('button', { name: 'Start', exact: true }).click();
    await eventually(() => rollout()?.detail.summary.state).toBe('running');
    await button('Halt …').click();
    expect(await dialog().getByRole('button', { name: 'Halt', exact: true }).isDisabled()).toBe(true);
    await dialog().getByLabel('Reason').fill('phones ring');
    await dialog().getByRole('button', { name: 'Halt', exact: true }).click();
    await open.page.getByText('halted by operator: phones ring').waitFor();
    await button('Resume …').click();
    await dialog().getByRole('button', { name: 'Resume', exact: true }).click();
    await button('Halt …').waitFor();
    patching().paused = false;
    await open.page.getByText('Finished', { exact: true }).waitFor();
    await open.page.getByRole('img', { name: /^Timeline of 2 rings: first passed/ }).waitFor();
    await open.page.getByText('first is open').waitFor();
    expect(rollout()?.detail.summary.counts.done).toBe(20);
  });
});

describe('a rollout under way', () => {
  const under = () => patching().rollouts.find(({ detail }) => detail.summary.name === 'servers-weekly 2026-11-17');
  const member = (outcome: string) => under()?.members.find((one) => one.outcome === outcome);

  test('says of each endpoint what it waits for, by ring and outcome in the address', async () => {
    await open.goTo('/rollouts');
    await open.page.getByRole('link', { name: 'servers-weekly 2026-11-17' }).click();
    await open.page.getByRole('region', { name: 'Ring tenth' }).getByRole('link', { name: '1 failed' }).click();
    await eventually(() => new URL(open.page.url()).search).toBe('?ring=tenth&outcome=failed');
    const table = open.page.getByRole('table', { name: 'Endpoints of the rollout' });
    await eventually(() => table.getAttribute('aria-rowcount')).toBe('2');
    await table.getByText('nginx.service failed after the installation').waitFor();
    await button(`Log of ${member('failed')?.hostname ?? ''}`).click();
    await table.getByText(/^No start is planned/).waitFor();
  });

  test('is approved at a gate, and one endpoint is held', async () => {
    await button('Approve ring tenth …').click();
    await dialog().getByRole('button', { name: 'Approve', exact: true }).click();
    await open.page.getByText('2 of 2 approvals: ada, operator').waitFor();
    await open.page.getByLabel('Ring', { exact: true }).selectOption('');
    await open.page.getByLabel('Outcome', { exact: true }).selectOption('waiting');
    const name = member('waiting')?.hostname ?? '';
    await open.page.getByRole('checkbox', { name: new RegExp(name) }).check();
    await button('Hold …').click();
    await dialog().getByLabel('Reason').fill('the disk is replaced');
    await dialog().getByRole('button', { name: 'Hold', exact: true }).click();
    await eventually(() => under()?.members.find(({ hostname }) => hostname === name)?.hold?.reason).toBe(
      'the disk is replaced',
    );
    await open.page.getByText('held by operator', { exact: true }).waitFor();
  });

  test('is rolled back with a reason', async () => {
    await button('More to do with this rollout').click();
    await open.page.getByRole('menuitem', { name: 'Roll back …' }).click();
    await dialog().getByLabel('Reason').fill('it breaks sign-in');
    await dialog().getByRole('button', { name: 'Roll back', exact: true }).click();
    await open.page.getByText('rolled back by operator: it breaks sign-in').first().waitFor();
    expect(under()?.detail.summary.state).toBe('rolled-back');
  });
});

describe('policies change by several hands', () => {
  test('a version that was saved meanwhile is shown beside one’s own, and neither is lost', async () => {
    const before = policy('servers-weekly');
    await open.goTo(`/policies/${before?.summary.id ?? ''}?tab=edit`);
    await open.page.getByLabel('Description').fill('Mine.');
    if (before !== undefined)
      patching().putPolicy({
        ...before,
        text: before.text.replace('6h', '9h'),
        summary: { ...before.summary, version: 3 },
      });
    await heading('Version 3 was saved meanwhile').waitFor();
    await open.page.getByRole('region', { name: 'Text: Yours' }).getByText('Mine.').waitFor();
    await open.page.getByRole('region', { name: 'Text: Version 3' }).getByText('lasts: 9h').waitFor();
    await button('Go on with yours').click();
    await open.page.getByText('It can be saved.').waitFor();
    await button('Save').click();
    await eventually(() => policy('servers-weekly')?.summary.version).toBe(4);
  });

  test('one is switched off after a question that says what follows', async () => {
    await button('More to do with this policy').click();
    await open.page.getByRole('menuitem', { name: 'Switch off …' }).click();
    await dialog()
      .getByText(/follow the next policy/)
      .waitFor();
    await dialog().getByRole('button', { name: 'Switch off', exact: true }).click();
    await eventually(() => policy('servers-weekly')?.summary.enabled).toBe(false);
  });
});

describe('windows and labels', () => {
  test('the fleet is frozen and thawed', async () => {
    await open.goTo('/windows');
    await button('Freeze …').click();
    await dialog().getByLabel('Reason').fill('the year ends');
    await dialog().getByRole('button', { name: 'Freeze the fleet' }).click();
    const freezes = open.page.getByRole('region', { name: 'Freezes' });
    await freezes.getByText('the year ends').waitFor();
    await button('End the freeze of the whole fleet …').click();
    await dialog().getByRole('button', { name: 'End it' }).click();
    await eventually(() => patching().freezes[0]?.endedBy).toBe('operator');
  });

  test('a file that is no calendar is refused with the reason, a calendar is imported', async () => {
    await button('Import …').click();
    await dialog().getByLabel('Name').fill('holidays');
    const choose = (content: string) =>
      open.page
        .locator('input[type=file]')
        .setInputFiles({ name: 'a.ics', mimeType: 'text/calendar', buffer: Buffer.from(content) });
    await choose('nothing');
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await open.page.getByRole('alert').getByText('This is no calendar').waitFor();
    await choose('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n');
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await eventually(() => patching().calendars.map(({ name }) => name)).toContain('holidays');
  });

  test('selected endpoints get a label, and the list is narrowed to it', async () => {
    await open.goTo('/endpoints');
    const first = open.page.getByRole('table', { name: 'Endpoints' }).getByRole('row').nth(1);
    await first.getByRole('checkbox').check();
    await button('Label …').click();
    await dialog().getByLabel('Set labels').fill('tier=gold');
    await open.page.keyboard.press('Enter');
    await dialog().getByRole('button', { name: 'Save', exact: true }).click();
    await eventually(() =>
      open.api.state.fleet.filter(({ summary }) => summary.labels?.['tier'] === 'gold'),
    ).toHaveLength(1);
    await open.page.getByPlaceholder('Label, such as role=web').fill('tier=gold');
    await open.page.keyboard.press('Enter');
    await open.page.getByText('1 endpoint match').waitFor();
  });

  test('an endpoint says why it is not patched', async () => {
    await open.goTo(`/endpoints/${open.api.state.fleet[0]?.summary.id ?? ''}`);
    const why = open.page.getByRole('region', { name: 'Why is it not patched?' });
    await why.getByText(/waits for its window/).waitFor();
    await why.getByRole('button', { name: /pending updates/ }).click();
    await why.getByText('it is no security update, and the policy takes only those').first().waitFor();
  });
});

test('nothing was thrown or logged as an error, but for what was refused', () => {
  // Tests of networks beside this one add and remove interfaces, and Chromium starts its requests anew.
  const expected = ['422', 'ERR_NETWORK_CHANGED'];
  expect(open.errors.filter((error) => !expected.some((words) => error.includes(words)))).toEqual([]);
});
