/**
 * Pictures of every page of the console, light, dark and narrow, from a small fleet of real endpoints, for people to look
 * at: `npm run screenshots` writes dist/screenshots/; with `-- --docs` also those that the documents show. Needs what the
 * lab needs (root, Debian) and takes some minutes.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchOptions } from '@thimble/console/testing';
import type { Page } from 'playwright-core';
import { labAvailability } from './availability.ts';
import { visitConsole, type Visit } from './end-to-end/console-visit.ts';
import { startFleet, type Fleet } from './end-to-end/fleet.ts';
import { enactStory, type Story } from './end-to-end/story.ts';

const root = join(import.meta.dirname, '..');
const LARGEST_BYTES = 300_000;

type Shot = {
  readonly name: string;
  readonly path: (story: Story) => string;
  /** What to open on the page before. */
  readonly prepare?: (page: Page) => Promise<void>;
};

const openResults = async (page: Page): Promise<void> => {
  for (const button of await page.getByRole('button', { name: /^Result of/ }).all()) await button.click();
};

/** The most urgent one, where the fleet was assessed. */
const openFirstVulnerability = async (page: Page): Promise<void> => {
  const first = page.getByRole('table', { name: 'Vulnerabilities' }).getByRole('rowheader').getByRole('link').first();
  if ((await first.count()) === 0) return;
  await first.click();
  await page.getByRole('table', { name: /^Endpoints affected by/ }).waitFor();
};

const SHOTS: readonly Shot[] = [
  { name: 'overview', path: () => '/' },
  { name: 'endpoints', path: () => '/endpoints' },
  { name: 'endpoint-waits', path: ({ waiting }) => `/endpoints/${waiting}` },
  { name: 'endpoint-updates', path: ({ exposed }) => `/endpoints/${exposed}?tab=updates` },
  { name: 'endpoint-packages', path: ({ exposed }) => `/endpoints/${exposed}?tab=packages` },
  { name: 'endpoint-findings', path: ({ waiting }) => `/endpoints/${waiting}?tab=findings` },
  { name: 'endpoint-history', path: ({ waiting }) => `/endpoints/${waiting}?tab=history` },
  {
    name: 'endpoint-next-patches',
    path: ({ exposed }) => `/endpoints/${exposed}?tab=findings&view=next-patches`,
  },
  { name: 'vulnerabilities', path: () => '/vulnerabilities' },
  { name: 'vulnerability', path: () => '/vulnerabilities', prepare: openFirstVulnerability },
  { name: 'next-patches', path: () => '/next-patches' },
  { name: 'exceptions', path: () => '/exceptions' },
  { name: 'gaps', path: () => '/gaps' },
  { name: 'feeds', path: () => '/feeds' },
  { name: 'updates', path: () => '/updates' },
  { name: 'runs', path: () => '/runs' },
  { name: 'run-approval', path: ({ runToApprove }) => `/runs/${runToApprove}` },
  { name: 'run', path: ({ runOfWaits }) => `/runs/${runOfWaits}`, prepare: openResults },
  { name: 'run-effective', path: ({ runEffective }) => `/runs/${runEffective}`, prepare: openResults },
  { name: 'evidence', path: () => '/evidence' },
  { name: 'settings', path: () => '/settings' },
];

const WINDOWS: readonly (readonly [string, LaunchOptions])[] = [
  ['light', { colorScheme: 'light', width: 1360, height: 900 }],
  ['dark', { colorScheme: 'dark', width: 1360, height: 900 }],
  ['narrow', { colorScheme: 'light', width: 390, height: 844 }],
];

const DOCUMENTS = new Map([
  ['run-effective-light', 'run.png'],
  ['overview-light', 'overview.png'],
]);

async function takeAll(fleet: Fleet, story: Story, folder: string, docs: boolean): Promise<void> {
  for (const [look, options] of WINDOWS) {
    const visit = await visitConsole(fleet.server, options);
    try {
      await visit.page.goto(`${fleet.server.localUrl}/sign-in`);
      await visit.page.getByRole('heading', { level: 1 }).waitFor();
      await take(visit.page, join(folder, `sign-in-${look}.png`));
      await visit.signIn();
      for (const shot of SHOTS) await takeOne(visit, shot, story, look, folder, docs);
    } finally {
      await visit.close();
    }
  }
}

async function takeOne(visit: Visit, shot: Shot, story: Story, look: string, folder: string, docs: boolean) {
  await visit.goTo(shot.path(story));
  await shot.prepare?.(visit.page);
  const name = `${shot.name}-${look}`;
  await take(visit.page, join(folder, `${name}.png`));
  const document = DOCUMENTS.get(name);
  if (docs && document !== undefined) await take(visit.page, join(root, 'docs/images', document));
}

async function take(page: Page, path: string): Promise<void> {
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > LARGEST_BYTES) throw new Error(`${path} has ${size} bytes: more than a repository should hold`);
  process.stdout.write(`${path} (${Math.round(size / 1000)} kB)\n`);
}

if (import.meta.main) {
  const availability = labAvailability();
  if (!availability.available) throw new Error(availability.why);
  const docs = process.argv.includes('--docs');
  const folder = join(root, 'dist/screenshots');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (docs) mkdirSync(join(root, 'docs/images'), { recursive: true });
  await using fleet = await startFleet({ tag: 'screenshots', suites: ['bookworm', 'bookworm-security'] });
  await takeAll(fleet, await enactStory(fleet), folder, docs);
}
