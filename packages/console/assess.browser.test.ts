import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, type Browser } from './testing/browser.ts';
import { openConsole, type OpenConsole } from './testing/open-console.ts';

const ID = 'CVE-2024-6387';
let browser: Browser;
let open: OpenConsole;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  open = await openConsole({ browser, endpointCount: 300 });
  await open.signIn();
});
afterEach(() => open.close());

/** Waits until it holds; generous, because the machine may be busy with other tests. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 90_000, interval: 200 });
const button = (name: string | RegExp) => open.page.getByRole('button', { name, exact: true });
const summaries = () => open.api.state.assessment.vulnerabilities.map(open.api.state.assessment.summary);
const openException = () => open.api.state.assessment.exceptions.find((one) => one.vulnerability === ID && one.active);

describe('the list of vulnerabilities', () => {
  test('quick filters and sorting are in the address, and coming back shows the same', async () => {
    await open.goTo('/vulnerabilities');
    await button('Exploited').click();
    await button('With fix').click();
    await open.page.getByRole('table', { name: 'Vulnerabilities' }).getByRole('button', { name: 'EPSS' }).click();
    await eventually(() => new URL(open.page.url()).search).toBe('?kev=true&fixState=fixed&sort=epss&direction=desc');
    const expected = summaries().filter((one) => one.kev !== null && one.fixState === 'fixed' && one.endpointCount > 0);
    await open.page.getByText(`${expected.length} vulnerabilities match`).waitFor();
    await open.page.reload();
    await open.page.getByText(`${expected.length} vulnerabilities match`).waitFor();
    expect(await button('Exploited').getAttribute('aria-pressed')).toBe('true');
    const highest = expected.toSorted((a, b) => (b.epss ?? 0) - (a.epss ?? 0))[0];
    const first = open.page.getByRole('table', { name: 'Vulnerabilities' }).getByRole('row').nth(1);
    expect(await first.textContent()).toContain(highest?.id ?? 'none');
  });

  test('what is overdue says so, and what could not be assessed is told above the list', async () => {
    await open.goTo('/vulnerabilities?kev=true');
    const row = open.page.getByRole('row', { name: new RegExp(ID) });
    await row.getByText(/^overdue \d{4}-\d{2}-\d{2}$/).waitFor();
    await open.page.getByText(/^5 gaps: what could not be assessed/).waitFor();
    await open.page.getByText(/^3 feeds that this fleet needs are not up to date/).waitFor();
  });

  test('the export holds what the filter gives', async () => {
    await open.goTo('/vulnerabilities?severity=critical');
    await open.page.getByText(/vulnerabilities match/).waitFor();
    const arriving = open.page.waitForEvent('download');
    await button('Export CSV').click();
    let text = '';
    for await (const chunk of await (await arriving).createReadStream()) text += String(chunk);
    const expected = summaries().filter((one) => one.severity === 'critical' && one.endpointCount > 0);
    expect(text.trimEnd().split('\r\n')).toHaveLength(expected.length + 1);
  });

  test('when feeds were never synchronised, the empty list says so and leads to them', async () => {
    await open.close();
    open = await openConsole({ browser, endpointCount: 3 });
    await open.signIn();
    const { assessment } = open.api.state;
    assessment.vulnerabilities.splice(0);
    assessment.feeds.forEach((feed, index) => {
      assessment.feeds[index] = { ...feed, syncedAt: null, running: null, health: 'never' };
    });
    await open.goTo('/vulnerabilities');
    await open.page.getByText('Feeds were never synchronised').waitFor();
    await open.page.getByRole('link', { name: 'Go to the feeds' }).click();
    await open.page.getByRole('heading', { name: 'Feeds', level: 1 }).waitFor();
  });

  test('keys lead to vulnerabilities, feeds and gaps', async () => {
    for (const [key, name] of [
      ['v', 'Vulnerabilities'],
      ['f', 'Feeds'],
      ['a', 'Gaps'],
      ['x', 'Exceptions'],
    ] as const) {
      // Both keys must come within a moment, which a busy machine may not manage at once.
      await eventually(async () => {
        await open.page.keyboard.press('g');
        await open.page.keyboard.press(key);
        return open.page.getByRole('heading', { name, level: 1 }).count();
      }).toBe(1);
      expect(await open.page.title()).toBe(`${name} · Thimble`);
    }
    expect(open.errors.filter((error) => !error.includes('401'))).toEqual([]);
  });
});

describe('one vulnerability', () => {
  test('from the filter over its page to an accepted risk, and back by undo', async () => {
    await open.goTo('/vulnerabilities?kev=true');
    await open.page.getByRole('link', { name: ID }).click();
    await open.page.getByRole('heading', { name: ID, level: 1 }).waitFor();
    await button('Accept risk …').click();
    const dialog = open.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Accept the risk' }).click();
    await dialog.getByText('Say why, for those who read it later.').waitFor();
    await dialog.getByLabel('Reason').fill('Reachable from the management network only');
    await dialog.getByLabel('Ends on').fill('');
    await dialog.getByText('An accepted risk needs an end.').waitFor();
    await dialog.getByRole('button', { name: '30 days' }).click();
    await dialog.getByRole('button', { name: 'Accept the risk' }).click();

    await open.page.getByText(/open on 0 endpoints; accepted on [1-9]/).waitFor();
    expect(openException()).toMatchObject({ kind: 'accepted', owner: 'operator', package: null, endpointId: null });
    await button('Undo').click();
    await open.page.getByText(/open on [1-9]\d* endpoints/).waitFor();
    expect(openException()).toBeUndefined();
  });

  test('a statement of not being affected holds for one package of one endpoint, with its justification', async () => {
    await open.goTo(`/vulnerabilities/${ID}`);
    await button('Accept risk …').click();
    const dialog = open.page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Not affected' }).check();
    await dialog.getByLabel('Justification').selectOption('vulnerable_code_not_in_execute_path');
    await dialog.getByLabel('Package').selectOption('openssh-server');
    await dialog.getByLabel('Endpoint', { exact: true }).selectOption({ index: 1 });
    await dialog.getByLabel('Reason').fill('The daemon is never started there');
    await dialog.getByRole('button', { name: 'Make the exception' }).click();
    await eventually(() => openException()?.justification).toBe('vulnerable_code_not_in_execute_path');
    expect(openException()?.endpointId).not.toBeNull();
    expect(openException()?.package).toBe('openssh-server');
  });

  test('an override replaces the decision with its reason, and can be undone', async () => {
    await open.goTo(`/vulnerabilities/${ID}`);
    await button('Override …').click();
    const dialog = open.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Override' }).click();
    await dialog.getByText('Replace at least one of the three.').waitFor();
    await dialog.getByLabel('Decision').selectOption('track');
    await dialog.getByLabel('Score').fill('12.5');
    await dialog.getByLabel('Reason').fill('Mitigated by LoginGraceTime 0 everywhere');
    await dialog.getByRole('button', { name: 'Override' }).click();
    await open.page.getByText('Track with a score of 12.5').waitFor();
    await open.page.getByText(/^Overridden by operator .*: Mitigated by LoginGraceTime 0 everywhere/).waitFor();
    await button('Undo').click();
    await open.page.getByText(/^Act with a score of/).waitFor();
    expect(open.api.state.assessment.overrides.size).toBe(0);
  });

  test('each verdict shows its rule, both versions and the record, and the argument as text', async () => {
    await open.goTo(`/vulnerabilities/${ID}`);
    await button(/^Why: .* openssh-server/).click();
    await open.page.getByText(/^source package openssh of debian:12 is affected until/).waitFor();
    await open.page.getByText(/feed debian-tracker, rule below-fixed/).waitFor();
    await button('Explanation of openssh-server as text').click();
    const text = open.page.getByRole('region', { name: 'The explanation' });
    expect(await text.textContent()).toMatch(/^CVE-2024-6387 in openssh-server/);
  });

  test('patching its endpoints opens a run with the packages that repair it', async () => {
    await open.goTo(`/vulnerabilities/${ID}`);
    await button('Patch these endpoints …').click();
    const dialog = open.page.getByRole('dialog', { name: 'New patch run' });
    await dialog.getByText('openssh-server').waitFor();
    expect(await dialog.getByRole('radio', { name: 'Chosen endpoints' }).isChecked()).toBe(true);
    expect(await dialog.getByRole('radio', { name: 'Single packages' }).isChecked()).toBe(true);
  });
});

test('an exception is revoked after a question, and made again by undo', async () => {
  await open.goTo('/exceptions?state=expiring');
  await button(/^Revoke the exception for/).click();
  await open.page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await open.page.getByText('No exception matches').waitFor();
  await button('Undo').click();
  await button(/^Revoke the exception for/).waitFor();
});

describe('feeds', () => {
  test('a synchronisation shows its progress live, and its end', async () => {
    await open.close();
    // The page asks again once a second: what it shall show must hold for longer, also on a busy machine.
    open = await openConsole({ browser, endpointCount: 300, stepMs: 1_500 });
    await open.signIn();
    await open.goTo('/feeds');
    const row = open.page.getByRole('row', { name: /Exploit prediction scores/ });
    await row.getByText('Failing').waitFor();
    await button('Sync now: Exploit prediction scores').click();
    await row.getByText('1,200 records').waitFor();
    await row.getByText('Fresh').waitFor();
    await row.getByText('just now').waitFor();
  });

  test('a base address that cannot be one is refused in words, a mirror is taken', async () => {
    await open.goTo('/feeds');
    await button('Settings of Debian security tracker').click();
    const dialog = open.page.getByRole('dialog');
    await dialog.getByLabel('Base address').fill('https://me:secret@mirror.example.org/debian/');
    await dialog.getByText('An address must not hold a name or a password.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Base address').fill('https://mirror.example.org/debian/');
    await dialog.getByRole('radio', { name: 'On', exact: true }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await eventually(() => open.api.state.assessment.feeds.find((feed) => feed.id === 'debian-tracker')).toMatchObject({
      mode: 'on',
      baseUrl: 'https://mirror.example.org/debian/',
    });
  });

  test('a bundle that is not signed is refused with the reason, a good one shows what it brought', async () => {
    await open.goTo('/feeds');
    await button('Import a bundle …').click();
    const dialog = open.page.getByRole('dialog');
    const choose = async (content: string): Promise<void> => {
      const choosing = open.page.waitForEvent('filechooser');
      await dialog.getByLabel('Bundle').click();
      await (
        await choosing
      ).setFiles({ name: 'b.bundle', mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
      await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    };
    await choose('garbage');
    await dialog.getByText('The bundle’s signature does not hold').waitFor();
    await dialog.getByText('bundle-not-signed').waitFor();
    await choose('thimble-bundle 1');
    await dialog.getByText('The bundle was imported').waitFor();
    await dialog.getByRole('cell', { name: 'debian-tracker' }).waitFor();
  });
});

describe('the findings of an endpoint', () => {
  const endpoint = () =>
    open.api.state.fleet.find((one) => one.summary.state === 'exposed' && one.summary.hostname.length % 2 === 1);

  test('what could not be assessed stands above what was', async () => {
    await open.goTo(`/endpoints/${endpoint()?.summary.id ?? ''}?tab=findings`);
    await open.page.getByText('2 gaps: not everything here could be assessed.').waitFor();
  });

  test('a day in the past shows what was open then, with the day in the address', async () => {
    const found = endpoint();
    await open.goTo(`/endpoints/${found?.summary.id ?? ''}?tab=findings`);
    const day = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10);
    await open.page.getByLabel('As it was on').fill(day);
    await eventually(() => new URL(open.page.url()).searchParams.get('asOf')).toBe(day);
    const endMs = Date.parse(`${day}T23:59:59.999Z`);
    const then = open.api.state.assessment.vulnerabilities.filter(
      (one) => found !== undefined && one.affected.includes(found) && one.firstSeenAtMs <= endMs,
    );
    await open.page.getByText(new RegExp(`^As it was on ${day} \\d\\d:\\d\\d: `)).waitFor();
    const table = open.page.getByRole('table', { name: /^Vulnerabilities of/ });
    await eventually(() => table.getAttribute('aria-rowcount')).toBe(String(then.length + 1));
    await button('Now').click();
    await eventually(() => new URL(open.page.url()).searchParams.get('asOf')).toBeNull();
  });

  test('the next patches of it open a run for this endpoint alone', async () => {
    const found = endpoint();
    await open.goTo(`/endpoints/${found?.summary.id ?? ''}?tab=findings&view=next-patches`);
    await button(/^Plan these \d …$/).click();
    const dialog = open.page.getByRole('dialog', { name: 'New patch run' });
    await dialog.getByText(found?.summary.hostname ?? 'none').waitFor();
    expect(await dialog.getByRole('radio', { name: 'Single packages' }).isChecked()).toBe(true);
  });
});
