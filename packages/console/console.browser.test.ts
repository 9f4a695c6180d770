import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, type Browser } from './testing/browser.ts';
import { FAKE_LINK } from './testing/fake-api.ts';
import { openConsole, type OpenConsole } from './testing/open-console.ts';

let browser: Browser;
let open: OpenConsole;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  open = await openConsole({ browser });
});
afterEach(() => open.close());

/** Waits until it holds; generous, because the machine may be busy with other tests. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 90_000, interval: 200 });

describe('signing in', () => {
  test('the link signs in once, and its token leaves the address at once', async () => {
    await open.signIn();
    expect(new URL(open.page.url()).hash).toBe('');
    expect(await open.page.evaluate(() => window.history.length)).toBeLessThanOrEqual(2);
    await open.page.getByRole('button', { name: 'Sign out' }).click();
    await open.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await open.page.goto(`${open.api.url}/sign-in#link=${FAKE_LINK}`);
    await open.page.getByRole('heading', { name: 'This link does not sign you in' }).waitFor();
    await open.page.getByText('thimble sign-in-link', { exact: true }).waitFor();
  });

  test('without a session every page says how to get one', async () => {
    await open.goTo('/endpoints');
    await open.page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  });

  test('a session that ends while the console is open leads to the sign-in', async () => {
    await open.signIn();
    await open.goTo('/enrolment');
    await open.page.getByText('production').first().waitFor();
    await open.page.context().clearCookies();
    await open.page.getByRole('link', { name: 'Evidence' }).click();
    await open.page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  });
});

describe('getting about', () => {
  test('no page breaks the content security policy or logs an error', async () => {
    await open.signIn();
    await open.page.getByRole('button', { name: 'Administration' }).click();
    for (const name of ['Endpoints', 'Updates', 'Patch runs', 'Evidence', 'Settings', 'Overview']) {
      await open.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
      await open.page.getByRole('heading', { name, level: 1 }).waitFor();
    }
    // The first fetch of a session that does not exist yet is answered 401, which browsers log.
    expect(open.errors.filter((error) => !error.includes('401'))).toEqual([]);
  });

  test('a section of the navigation folds and stays so; that of the page which is shown is open', async () => {
    await open.signIn();
    const link = (name: string) => open.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });
    await open.page.getByRole('button', { name: 'Patch' }).click();
    expect(await link('Rollouts').count()).toBe(0);
    await open.page.getByRole('button', { name: 'Patch' }).getByTitle('under way').waitFor();
    await open.goTo('/repositories');
    await link('Snapshots').waitFor();
    expect(await link('Rollouts').count()).toBe(0);
    await open.page.getByRole('button', { name: 'Patch' }).press('Enter');
    await link('Rollouts').waitFor();
    await link('Overview').click();
    await link('Snapshots').waitFor({ state: 'detached' });
  });

  test('keys lead to pages, to the search and to the list of keys', async () => {
    await open.signIn();
    await open.page.keyboard.press('g');
    await open.page.keyboard.press('e');
    await open.page.getByRole('heading', { name: 'Endpoints', level: 1 }).waitFor();
    await open.page.keyboard.press('/');
    const search = open.page.getByRole('searchbox', { name: 'Search endpoints' });
    await eventually(() => search.evaluate((input) => input === document.activeElement)).toBe(true);
    await open.page.keyboard.type('?');
    expect(await open.page.getByRole('dialog').count()).toBe(0);
    await search.blur();
    await open.page.keyboard.press('?');
    await open.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  });

  test('the heading of a new page gets the focus', async () => {
    await open.signIn();
    await open.page.getByRole('link', { name: 'Evidence' }).click();
    await open.page.getByRole('heading', { name: 'Evidence', level: 1 }).waitFor();
    await eventually(() => open.page.evaluate(() => document.activeElement?.textContent)).toBe('Evidence');
    expect(await open.page.title()).toBe('Evidence · Thimble');
  });
});

describe('a page whose parts do not arrive', () => {
  test.each(['js', 'css'])('is loaded again by itself: %s', async (kind) => {
    await open.signIn();
    let failed = 0;
    await open.page.route(new RegExp(`/assets/evidence-page-[^/]*\\.${kind}$`), async (route) => {
      failed += 1;
      await (failed === 1 ? route.abort('connectionfailed') : route.continue());
    });
    await open.page.getByRole('link', { name: 'Evidence' }).click();
    await open.page.getByRole('heading', { name: 'Evidence', level: 1 }).waitFor();
    expect(failed).toBeGreaterThan(1);
  });

  test('says so when that does not help, and offers another try', async () => {
    await open.signIn();
    await open.page.route(/\/assets\/evidence-page-[^/]*\.css$/, (route) => route.abort('connectionfailed'));
    await open.page.getByRole('link', { name: 'Evidence' }).click();
    await open.page.getByRole('heading', { name: 'This page was not loaded' }).waitFor();
    await open.page.unroute(/\/assets\/evidence-page-[^/]*\.css$/);
    await open.page.getByRole('button', { name: 'Try again' }).click();
    await open.page.getByRole('heading', { name: 'Evidence', level: 1 }).waitFor();
  });
});

describe('endpoints', () => {
  test('the filter is in the address, and coming back to it shows the same', async () => {
    await open.signIn();
    await open.goTo('/endpoints');
    await open.page.getByLabel('State', { exact: true }).selectOption('waits');
    await open.page.getByRole('searchbox').fill('db-');
    await eventually(() => new URL(open.page.url()).search).toBe('?state=waits&search=db-');
    const expected = open.api.state.fleet.filter(
      ({ summary }) => summary.state === 'waits' && summary.hostname.includes('db-'),
    ).length;
    await open.page.getByText(`${expected} endpoints match`).waitFor();
    await open.page.reload();
    await open.page.getByText(`${expected} endpoints match`).waitFor();
  });

  test('scrolling loads the whole fleet, but only what is in sight is drawn', async () => {
    await open.signIn();
    await open.goTo('/endpoints');
    const last =
      open.api.state.fleet
        .map((one) => one.summary.hostname)
        .sort()
        .at(-1) ?? '';
    const table = open.page.getByRole('table', { name: 'Endpoints' });
    expect(await table.getAttribute('aria-rowcount')).toBe('2001');
    await eventually(async () => {
      await open.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      return open.page.getByText(last).count();
    }).toBe(1);
    expect(await table.getByRole('row').count()).toBeLessThan(120);
  });

  test('the export holds every endpoint that matches', async () => {
    await open.signIn();
    await open.goTo('/endpoints?state=exposed');
    await open.page.getByText(/endpoints match/).waitFor();
    const arriving = open.page.waitForEvent('download');
    await open.page.getByRole('button', { name: 'Export CSV' }).click();
    const stream = await (await arriving).createReadStream();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    const exposed = open.api.state.fleet.filter((one) => one.summary.state === 'exposed').length;
    expect(text.trimEnd().split('\r\n')).toHaveLength(exposed + 1);
  });
});

describe('a patch run', () => {
  test('from a selection over the exact plan and the approval to the verified end', async () => {
    await open.signIn();
    await open.goTo('/endpoints?state=exposed');
    const boxes = open.page.getByRole('checkbox', { name: /^Select .*example/ });
    for (const index of [0, 1, 2]) await boxes.nth(index).check();
    await open.page.getByRole('button', { name: 'Patch selected …' }).click();
    await open.page.getByRole('dialog').getByRole('button', { name: 'Plan', exact: true }).click();

    await open.page.getByText('Removes 1 package').first().waitFor();
    const first = open.page.getByRole('table', { name: 'Changes of transaction 1' }).getByRole('row').nth(1);
    expect(await first.textContent()).toContain('nginx-light');
    await open.page.getByRole('button', { name: 'Approve …' }).click();
    const [run] = [...open.api.state.runs.values()].slice(-1);
    const changes = (run?.groups ?? []).reduce(
      (sum, group) => sum + group.endpointIds.length * group.transaction.changes.length,
      0,
    );
    await open.page
      .getByRole('dialog')
      .getByRole('button', { name: `Approve ${changes} changes on 3 endpoints` })
      .click();

    await open.page.getByRole('progressbar').first().waitFor();
    await open.page.getByText('Finished', { exact: true }).first().waitFor();
    await open.page
      .getByRole('button', { name: /^Result of/ })
      .first()
      .click();
    await open.page.getByText('All versions are what was approved').waitFor();
  });

  test('a plan that changed meanwhile is not approved, and the reader is told', async () => {
    await open.signIn();
    const waiting = [...open.api.state.runs.values()].find((run) => run.summary.state === 'awaiting-approval');
    if (waiting === undefined) throw new Error('the fixtures have a run that waits');
    await open.goTo(`/runs/${waiting.summary.id}`);
    await open.page.getByRole('button', { name: 'Approve …' }).click();
    open.api.state.runs.set(waiting.summary.id, {
      ...waiting,
      groups: waiting.groups.map((group) => ({ ...group, transactionDigest: 'f'.repeat(64) })),
    });
    await open.page
      .getByRole('dialog')
      .getByRole('button', { name: /^Approve \d/ })
      .click();
    await open.page.getByText('The plan has changed since you saw it').waitFor();
    expect(open.api.state.runs.get(waiting.summary.id)?.summary.state).toBe('awaiting-approval');
  });

  test('a new run can be taken back from its toast', async () => {
    await open.signIn();
    await open.goTo('/runs');
    await open.page.getByRole('button', { name: 'New patch run' }).click();
    await open.page.getByRole('button', { name: 'Plan', exact: true }).click();
    await open.page.getByRole('button', { name: 'Cancel the run' }).click();
    await open.page.getByText('Cancelled', { exact: true }).first().waitFor();
  });

  test('a roll back shows what goes back before it is ordered', async () => {
    await open.signIn();
    const [done] = open.api.state.runs.values();
    await open.goTo(`/runs/${done?.summary.id ?? ''}`);
    await open.page.getByRole('button', { name: /^Roll back \(\d+\)/ }).click();
    const preview = open.page.getByRole('region', { name: 'What goes back' });
    await preview.getByRole('row', { name: /libssl3 3\.0\.17-1~deb12u3 3\.0\.11-1~deb12u2/ }).waitFor();
    await open.page.getByRole('button', { name: 'Roll back', exact: true }).click();
    await open.page.getByText('Rolled back', { exact: true }).first().waitFor();
  });

  test('a refusal shows what the endpoint would have changed besides', async () => {
    await open.signIn();
    const [done] = open.api.state.runs.values();
    const refused = done?.targets.find((target) => target.state === 'refused');
    await open.goTo(`/runs/${done?.summary.id ?? ''}`);
    await open.page.getByRole('button', { name: `Result of ${refused?.hostname ?? ''}` }).click();
    const row = open.page.getByRole('region', { name: /^Difference/ }).getByRole('row', { name: /libnghttp2-14/ });
    expect(await row.textContent()).toContain('Would also change');
  });
});

describe('when something is amiss', () => {
  test('a problem shows its title, its hint and its code, and trying again helps', async () => {
    await open.signIn();
    open.api.failWith(500);
    await open.goTo('/evidence');
    await open.page.getByText('The database does not answer').waitFor();
    await open.page.getByText('database-unreachable').waitFor();
    open.api.failWith(undefined);
    await open.page.getByRole('button', { name: 'Try again' }).click();
    await open.page.getByText('Chain verified').waitFor();
  });

  test('a fresh server explains itself', async () => {
    await open.close();
    open = await openConsole({ browser, endpointCount: 0 });
    await open.signIn();
    await open.page.getByText('This machine is being scanned …').waitFor();
    await open.goTo('/endpoints');
    await open.page.getByText('No endpoint is enrolled yet').waitFor();
  });
});

test('an enrolment token comes with the command to run, once', async () => {
  await open.signIn();
  await open.goTo('/enrolment');
  await open.page.getByRole('button', { name: 'New token …' }).click();
  await open.page.getByRole('textbox', { name: 'Name' }).fill('web servers');
  await open.page.getByRole('button', { name: 'Create token' }).click();
  await open.page.getByText(/^thimble agent enroll --server /).waitFor();
  await open.page.reload();
  await open.page.getByText('web servers').waitFor();
  expect(await open.page.getByText(/^thimble agent enroll/).count()).toBe(0);
});
