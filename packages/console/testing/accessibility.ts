import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type Browser } from './browser.ts';
import { flawsOfPage } from './flaws-of-page.ts';
import { openConsole, type OpenConsole } from './open-console.ts';

type PathOf = (console: OpenConsole) => string;

const withState = ({ api }: OpenConsole, state: string): string =>
  api.state.fleet.find((one) => one.summary.state === state)?.summary.id ?? '';
const quarantined = ({ api }: OpenConsole): string =>
  api.state.fleet.find((one) => one.summary.standing === 'quarantined')?.summary.id ?? '';
const run = ({ api }: OpenConsole, index: number): string => [...api.state.runs.keys()][index] ?? '';
const snapshot = ({ api }: OpenConsole, index: number): string =>
  `/snapshots/${api.state.content.snapshots[index]?.summary.id ?? ''}`;

const policy = ({ api }: OpenConsole, index: number): string =>
  `/policies/${api.state.patching.policies[index]?.summary.id ?? ''}`;
const rollout = ({ api }: OpenConsole, index: number): string =>
  `/rollouts/${api.state.patching.rollouts[index]?.detail.summary.id ?? ''}`;

const PAGES: readonly (readonly [string, PathOf])[] = [
  ['overview', () => '/'],
  ['endpoints', () => '/endpoints'],
  ['endpoints that match nothing', () => '/endpoints?search=nothing-like-this'],
  ['an endpoint that waits', (open) => `/endpoints/${withState(open, 'waits')}`],
  ['an endpoint that failed', (open) => `/endpoints/${withState(open, 'failed')}`],
  ['an endpoint that was not scanned', (open) => `/endpoints/${withState(open, 'unknown')}`],
  ['pending updates', (open) => `/endpoints/${withState(open, 'exposed')}?tab=updates`],
  ['packages', (open) => `/endpoints/${withState(open, 'exposed')}?tab=packages`],
  ['findings', (open) => `/endpoints/${withState(open, 'waits')}?tab=findings`],
  ['history', (open) => `/endpoints/${withState(open, 'waits')}?tab=history`],
  ['findings as of a day', (open) => `/endpoints/${withState(open, 'waits')}?tab=findings&asOf=${daysAgo(40)}`],
  ['next patches of an endpoint', (open) => `/endpoints/${withState(open, 'exposed')}?tab=findings&view=next-patches`],
  ['missing updates', (open) => `/endpoints/${withState(open, 'exposed')}?tab=findings&view=updates`],
  ['vulnerabilities', () => '/vulnerabilities'],
  ['vulnerabilities that match nothing', () => '/vulnerabilities?search=nothing-like-this&kev=true'],
  ['a vulnerability', () => '/vulnerabilities/CVE-2024-6387'],
  ['a vulnerability that nobody has rated', () => '/vulnerabilities/CVE-2024-50379'],
  ['a vulnerability that is not known', () => '/vulnerabilities/CVE-1999-0001'],
  ['next patches', () => '/next-patches'],
  ['exceptions', () => '/exceptions'],
  ['gaps', () => '/gaps'],
  ['feeds', () => '/feeds'],
  ['feeds in trouble', () => '/feeds?show=trouble'],
  ['repositories', () => '/repositories'],
  ['repositories in trouble', () => '/repositories?show=trouble'],
  ['snapshots', () => '/snapshots'],
  ['a snapshot', (open) => snapshot(open, 0)],
  ['a snapshot that is retired', (open) => snapshot(open, 7)],
  ['a snapshot that is not there', () => '/snapshots/00000000-0000-4000-a000-000000000000'],
  ['blocks', () => '/blocks?all=true'],
  ['content store', () => '/content-store'],
  ['updates', () => '/updates'],
  ['policies', () => '/policies'],
  ['policies that match nothing', () => '/policies?search=nothing-like-this'],
  ['a policy', (open) => policy(open, 0)],
  ['the form of a policy', (open) => `${policy(open, 0)}?tab=edit`],
  ['versions of a policy', (open) => `${policy(open, 0)}?tab=versions`],
  ['the preview of a policy', (open) => `${policy(open, 1)}?tab=preview`],
  ['a policy that is inherited', (open) => `${policy(open, 2)}?tab=edit`],
  ['a policy that is enforced from above', (open) => `${policy(open, 3)}?tab=edit`],
  ['a policy that clients follow', (open) => policy(open, 4)],
  ['a policy that is not there', () => '/policies/00000000-0000-4000-a000-000000000000'],
  ['a new policy', () => '/policies/new'],
  ['rollouts', () => '/rollouts'],
  ['rollouts that match nothing', () => '/rollouts?search=nothing-like-this'],
  ['a rollout under way', (open) => rollout(open, 0)],
  ['a rollout that is halted', (open) => `${rollout(open, 1)}?outcome=failed`],
  ['a rollout that waits for approval', (open) => rollout(open, 2)],
  ['a rollout that is finished', (open) => rollout(open, 3)],
  ['a rollout that waits for failures elsewhere', (open) => rollout(open, 4)],
  ['a rollout that is not there', () => '/rollouts/00000000-0000-4000-a000-000000000000'],
  ['windows', () => '/windows'],
  ['windows of empty weeks', () => '/windows?from=2031-01-06'],
  ['runs', () => '/runs'],
  ['a finished run', (open) => `/runs/${run(open, 0)}`],
  ['a run that waits for approval', (open) => `/runs/${run(open, 1)}`],
  ['a run under way', (open) => `/runs/${run(open, 2)}`],
  ['approvals', () => '/approvals'],
  ['what is to be signed', ({ api }) => `/approvals/${api.state.approvals.requests[0]?.summary.id ?? ''}`],
  ['evidence', () => '/evidence'],
  ['checkpoints', () => '/evidence?tab=checkpoints'],
  ['collectors of logs', () => '/evidence?tab=collectors'],
  ['enrolment', () => '/enrolment'],
  ['an endpoint in quarantine', (open) => `/endpoints/${quarantined(open)}`],
  ['people', () => '/people'],
  ['clients', () => '/clients'],
  ['clients that match nothing', () => '/clients?search=nothing-like-this'],
  ['organisations', () => '/organisations'],
  ['a page in a client', ({ api }) => `/in/${api.state.organisations.items[1]?.id ?? ''}/people`],
  ['the own account', () => '/account'],
  ['how people sign in', () => '/sign-in-settings'],
  ['the set-up of an account', () => '/set-up'],
  ['settings', () => '/settings'],
  ['a page that does not exist', () => '/nowhere'],
  ['a run that does not exist', () => '/runs/00000000-0000-4000-a000-000000000000'],
];

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** The same elements are in the dark as in the light: only their colours have to be looked at again. */
const WINDOWS = [
  { colorScheme: 'light', width: 1360, rules: 'all' },
  { colorScheme: 'dark', width: 1360, rules: 'colours' },
  { colorScheme: 'light', width: 390, rules: 'all' },
  { colorScheme: 'dark', width: 360, rules: 'colours' },
] as const;
const HEIGHT = 900;
const COLOURS_CHANGE_MS = 1_000;

/**
 * Looks at what is shown in every window and colour scheme, one after another: a page that was loaded once is four times
 * cheaper than four that were.
 */
async function expectClean({ page }: OpenConsole): Promise<void> {
  const flaws: string[] = [];
  for (const { colorScheme, width, rules } of [...WINDOWS.slice(1), WINDOWS[0]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: HEIGHT });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    // Colours change over a few frames after their scheme did: what is a flaw still is one a moment later.
    if ((await flawsOfPage(page, rules)).length === 0) continue;
    await page.waitForTimeout(COLOURS_CHANGE_MS);
    for (const flaw of await flawsOfPage(page, rules)) flaws.push(`${colorScheme}, ${width} px: ${flaw}`);
  }
  expect(flaws).toEqual([]);
}

/** A console for the tests of one file. */
function useConsole(): () => OpenConsole {
  let browser: Browser;
  let open: OpenConsole;
  beforeAll(async () => {
    browser = await launchBrowser();
    open = await openConsole({ ...WINDOWS[0], browser, endpointCount: 300 });
    await open.signIn();
  });
  afterAll(async () => {
    await open.close();
    await browser.close();
  });
  return () => open;
}

/** Of a test file: every page of the console as it comes. */
export function describePages(): void {
  const console = useConsole();

  test('axe finds nothing on the sign-in page', async () => {
    await console().goTo('/sign-in');
    await expectClean(console());
  });

  test.each(PAGES)('axe finds nothing on %s, and nothing is cut off', async (_name, pathOf) => {
    const open = console();
    await open.page.goto(open.api.url + pathOf(open));
    await open.page.locator('h1').first().waitFor();
    await open.page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' });
    expect(await open.page.getByText('You are signed out').count()).toBe(0);
    await expectClean(open);
  });
}

/** Of a test file: dialogs, and what is shown only after a click. */
export function describeOpened(): void {
  const console = useConsole();
  let open: OpenConsole;
  beforeAll(() => {
    open = console();
  });

  test('axe finds nothing in the dialogs', async () => {
    await open.goTo(`/runs/${run(open, 1)}`);
    await open.page.getByRole('button', { name: 'Approve …' }).click();
    await open.page.getByRole('dialog').waitFor();
    await expectClean(open);
    await open.page.keyboard.press('Escape');
    await open.goTo('/runs');
    await open.page.getByRole('button', { name: 'New patch run' }).click();
    await open.page.getByRole('dialog').waitFor();
    await expectClean(open);
    await open.page.keyboard.press('Escape');
    await open.goTo('/evidence');
    await open.page
      .getByRole('button', { name: /^Show record/ })
      .first()
      .click();
    await open.page.getByRole('dialog').waitFor();
    await expectClean(open);
  });

  test('axe finds nothing in the dialogs of a vulnerability and of feeds', async () => {
    const opening: readonly (readonly [string, string])[] = [
      ['/vulnerabilities/CVE-2024-6387', 'Accept risk …'],
      ['/vulnerabilities/CVE-2024-6387', 'Override …'],
      ['/vulnerabilities/CVE-2024-6387', 'Explanation of openssh-server as text'],
      ['/feeds', 'Settings of Debian security tracker'],
      ['/feeds', 'Import a bundle …'],
    ];
    for (const [path, name] of opening) {
      await open.goTo(path);
      await open.page.getByRole('button', { name, exact: true }).click();
      await open.page.getByRole('dialog').waitFor();
      await open.page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' });
      await expectClean(open);
    }
  });

  test('axe finds nothing in the dialogs of content and of an endpoint', async () => {
    const opening: readonly (readonly [string, string | RegExp])[] = [
      ['/repositories', 'Add all 2 …'],
      ['/repositories', 'Add …'],
      ['/repositories', 'Settings of Debian 12 security'],
      ['/snapshots', 'New snapshot …'],
      ['/snapshots', /undo the last promotion of canary$/],
      [snapshot(open, 0), 'Promote …'],
      [snapshot(open, 0), 'Patch from it …'],
      [snapshot(open, 0), /^Block sudo/],
      ['/blocks', 'Block a version …'],
      ['/content-store', 'New relay …'],
      [`/endpoints/${withState(open, 'waits')}`, /^Edit role and site/],
    ];
    for (const [path, name] of opening) {
      await open.goTo(path);
      await open.page.getByRole('button', { name, exact: true }).click();
      await open.page.getByRole('dialog').waitFor();
      await open.page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' });
      await expectClean(open);
    }
  });

  test('axe finds nothing in the dialogs of policies, rollouts and windows', async () => {
    const opening: readonly (readonly [string, string | RegExp])[] = [
      ['/rollouts', 'Start a rollout …'],
      [rollout(open, 0), 'Halt …'],
      [rollout(open, 0), 'Skip gate of tenth …'],
      [rollout(open, 2), 'Approve …'],
      ['/windows', 'Freeze …'],
      ['/evidence?tab=collectors', 'Change siem'],
      ['/evidence?tab=collectors', 'Stop splunk'],
      ['/windows', 'Import …'],
      ['/windows', /^End the freeze of/],
    ];
    for (const [path, name] of opening) {
      await open.goTo(path);
      await open.page.getByRole('button', { name, exact: true }).click();
      await open.page.getByRole('dialog').waitFor();
      await expectClean(open);
    }
    await open.goTo('/endpoints');
    await open.page.getByRole('checkbox').nth(1).check();
    await open.page.getByRole('button', { name: 'Label …' }).click();
    await open.page.getByRole('dialog').waitFor();
    await expectClean(open);
  });

  test('axe finds nothing on a text with problems, on the result of a preview, and on open logs', async () => {
    await open.goTo(`${policy(open, 0)}?tab=edit`);
    await open.page.getByText('Text', { exact: true }).click();
    await open.page.getByLabel('The policy’s text').fill('format: 1\nname: No Name\n');
    await open.page.getByText('to mend before it can be saved').waitFor();
    await expectClean(open);
    await open.goTo(`${policy(open, 1)}?tab=preview`);
    await open.page.getByRole('button', { name: 'Compute' }).click();
    await open.page.getByRole('img', { name: /^Line chart/ }).waitFor();
    await expectClean(open);
    await open.goTo(rollout(open, 0));
    await open.page
      .getByRole('button', { name: /^Log of/ })
      .first()
      .click();
    await open.page.getByText('Table', { exact: true }).click();
    await expectClean(open);
  });

  test('axe finds nothing on explanations, feeds, repositories and gaps that are open', async () => {
    await open.goTo('/vulnerabilities/CVE-2024-6387');
    await open.page.getByRole('button', { name: /^Why: .* openssh-server/ }).click();
    await expectClean(open);
    await open.goTo('/feeds');
    for (const button of await open.page.getByRole('row').locator('button[aria-expanded]').all()) await button.click();
    await expectClean(open);
    await open.goTo('/repositories?show=trouble');
    for (const button of await open.page.getByRole('row').locator('button[aria-expanded]').all()) await button.click();
    await expectClean(open);
    await open.goTo('/gaps');
    await open.page.getByRole('button', { name: /^140 endpoints with/ }).click();
    await expectClean(open);
  });

  test('axe finds nothing on the switch between organisations and what is done with one', async () => {
    const opening = [
      'Organisation: Example',
      'New client of Alder Ltd',
      'Archive Alder Ltd',
      'Bring back Gum Tree Media',
    ];
    await open.goTo('/organisations');
    await open.page.getByRole('row').locator('button[aria-expanded]').nth(1).click();
    await expectClean(open);
    for (const name of opening) {
      await open.goTo('/organisations');
      await open.page.getByRole('button', { name, exact: true }).click();
      await open.page.getByRole('dialog').waitFor();
      await expectClean(open);
    }
  });

  test('axe finds nothing on results that are open', async () => {
    await open.goTo(`/runs/${run(open, 0)}`);
    for (const button of await open.page.getByRole('button', { name: /^Result of/ }).all()) await button.click();
    await expectClean(open);
  });
}
