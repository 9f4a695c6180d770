import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser, type LaunchOptions } from '@thimble/console/testing';
import type { Page } from 'playwright-core';
import type { ServerUnderTest } from './server.ts';

/** Real Chromium before a real server. */
export interface Visit {
  readonly page: Page;
  /** What pages logged as an error, and what they threw. */
  readonly errors: readonly string[];
  /** By a fresh one-time link, as the server prints it. */
  signIn(): Promise<void>;
  /** A page of the console, once it shows what it loaded. */
  goTo(path: string): Promise<void>;
  close(): Promise<void>;
}

const STEP_DEADLINE_MS = 30_000;

export async function visitConsole(server: ServerUnderTest, options: LaunchOptions = {}): Promise<Visit> {
  const browser = await launchBrowser(options);
  const errors: string[] = [];
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  page.setDefaultTimeout(STEP_DEADLINE_MS);
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const settle = async (): Promise<void> => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
    await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => undefined);
  };
  return {
    page,
    errors,
    signIn: async () => {
      await page.goto(await server.signInLink());
      await putOffSetUp(page);
    },
    goTo: async (path) => {
      await page.goto(`${server.localUrl}${path}`);
      await settle();
    },
    close: () => browser.close(),
  };
}

/** A link leads whoever has no other way to sign in to the set-up. */
export async function putOffSetUp(page: Page): Promise<void> {
  const later = page.getByRole('button', { name: 'Later' });
  await later
    .or(page.getByRole('heading', { name: 'Overview', level: 1 }))
    .first()
    .waitFor();
  if (await later.isVisible()) await later.click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}

/** What axe finds on the page as it is, and how many pixels of it are cut off; in words, empty when all is well. */
export async function flawsOfPage(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
    ...(overflow > 0 ? [`${overflow} pixels are cut off`] : []),
  ];
}
