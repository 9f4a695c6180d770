import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { flawsOfPage, putOffSetUp, visitConsole, type Visit } from './console-visit.ts';
import { dpkgState, versionDifference } from './dpkg-state.ts';
import { startFleet, type Fleet, type Member } from './fleet.ts';
import { chainHolds, flawsOfOutcomes } from './records.ts';

const SECURITY = 'bookworm-security';
const PATCH_DEADLINE_MS = 150_000;
const availability = labForTests('the console before real endpoints');

/** One test follows on another: a person signs in, looks around, plans, approves, watches, and reads the proof. */
describe.skipIf(!availability.available)('the console before a real server and real endpoints', () => {
  let fleet: Fleet;
  let members: readonly Member[] = [];
  let visit: Visit;
  let runPath = '';

  beforeAll(async () => {
    fleet = await startFleet({ tag: 'console', suites: ['bookworm', SECURITY] });
    members = await Promise.all(['harbour', 'lagoon'].map((name) => fleet.member({ name })));
    visit = await visitConsole(fleet.server);
  });
  afterAll(async () => {
    await visit?.close();
    await fleet?.dispose();
  });

  /** States of endpoints in the table. */
  const badges = (label: string) => visit.page.getByRole('table').getByText(label, { exact: true });

  test('the link that the server prints signs in, once', async () => {
    const link = await fleet.server.signInLink();
    await visit.page.goto(link);
    await putOffSetUp(visit.page);
    // Neither the address nor the history keeps the secret.
    expect(visit.page.url()).not.toContain(link.split('#')[1]);
    const again = await fetch(`${fleet.server.localUrl}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ link: link.split('#')[1] }),
    });
    expect(again.status).toBe(401);
  });

  test('the overview and the endpoints show the real machines and what they lack', async () => {
    await visit.goTo('/');
    expect(await flawsOfPage(visit.page)).toEqual([]);
    await visit.goTo('/endpoints');
    for (const { machine } of members) await visit.page.getByRole('link', { name: machine.name }).first().waitFor();
    expect(await badges('Exposed').count()).toBe(members.length);
    expect(await flawsOfPage(visit.page)).toEqual([]);
    await visit.page.getByRole('link', { name: 'harbour' }).first().click();
    await visit.page.getByRole('heading', { name: 'harbour', level: 1 }).waitFor();
    await visit.page.getByRole('tab', { name: /^Updates/ }).click();
    await visit.page.getByText('openssl').first().waitFor();
    expect(await flawsOfPage(visit.page)).toEqual([]);
  });

  test('every other page is free of flaws', async () => {
    for (const path of ['/updates', '/runs', '/evidence', '/settings']) {
      await visit.goTo(path);
      expect(await flawsOfPage(visit.page), path).toEqual([]);
    }
  });

  test('a run is planned, and every exact change is shown before the approval', async () => {
    const { page } = visit;
    await visit.goTo('/runs');
    await page.getByRole('button', { name: 'New patch run' }).first().click();
    await page
      .getByRole('dialog')
      .getByRole('radio', { name: /^All endpoints/ })
      .check();
    await page
      .getByRole('dialog')
      .getByRole('radio', { name: /^Security updates/ })
      .check();
    await page.getByRole('dialog').getByRole('button', { name: 'Plan' }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
    runPath = new URL(page.url()).pathname;
    await page.getByRole('button', { name: 'Approve …' }).waitFor({ timeout: 90_000 });
    const run = await fleet.server.client.run(runPath.split('/').at(-1) ?? '');
    const [group] = run.groups;
    expect(run.groups).toHaveLength(1);
    const table = page.getByRole('table', { name: 'Changes of transaction 1' });
    for (const { name, to } of group?.transaction.changes ?? []) {
      const row = table
        .getByRole('row')
        .filter({ has: page.getByText(name, { exact: true }) })
        .first();
      await row.waitFor();
      expect(await row.innerText(), name).toContain(to ?? 'removed');
    }
    expect(await flawsOfPage(page)).toEqual([]);
  });

  test(
    'it is approved, watched without a reload, and seen verified',
    async () => {
      const { page } = visit;
      const before = await Promise.all(members.map(({ machine }) => dpkgState(machine)));
      await page.evaluate('window.labMark = true');
      await page.getByRole('button', { name: 'Approve …' }).click();
      await page.getByRole('dialog').waitFor();
      expect(await flawsOfPage(page)).toEqual([]);
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Approve \d+ changes on 2 endpoints$/ })
        .click();
      const targets = page.getByRole('region', { name: 'Endpoints of the run' });
      await targets.getByText('Working').first().waitFor({ timeout: 60_000 });
      await page
        .getByText(/^(Downloading|Installing|Restarting services|Verifying)/)
        .first()
        .waitFor({ timeout: PATCH_DEADLINE_MS });
      await targets.getByText('2 effective').first().waitFor({ timeout: PATCH_DEADLINE_MS });
      expect(await page.evaluate('window.labMark')).toBe(true);
      await page.getByRole('button', { name: 'Result of harbour' }).click();
      await page.getByText(/kept for a roll back/).waitFor();
      expect(await flawsOfPage(page)).toEqual([]);
      const run = await fleet.server.client.run(runPath.split('/').at(-1) ?? '');
      for (const [index, { machine }] of members.entries()) {
        const state = await dpkgState(machine);
        expect(versionDifference(before[index] ?? state, state)).toHaveLength(
          run.groups[0]?.transaction.changes.length ?? 0,
        );
        expect(state.audit).toBe('');
      }
    },
    3 * PATCH_DEADLINE_MS,
  );

  test('the evidence of it is shown with its chain verified, and the endpoints are current', async () => {
    const { page } = visit;
    await page.getByRole('link', { name: 'Evidence', exact: true }).last().click();
    await page.getByText('Chain verified').first().waitFor();
    expect(await flawsOfPage(page)).toEqual([]);
    await visit.goTo('/endpoints');
    await badges('Current')
      .nth(members.length - 1)
      .waitFor();
    expect(await chainHolds(fleet.server)).toBe(true);
    expect(await flawsOfOutcomes(fleet.server, {})).toEqual([]);
    expect(visit.errors).toEqual([]);
  });
});
