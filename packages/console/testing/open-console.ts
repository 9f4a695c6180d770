import type { Page } from 'playwright-core';
import { buildConsole } from '../build/build-console.ts';
import { launchBrowser, type LaunchOptions } from './browser.ts';
import { FAKE_LINK, startFakeApi, type FakeApi, type FakeApiOptions } from './fake-api.ts';

/** The built console in a real browser, before a fake API. */
export interface OpenConsole {
  readonly page: Page;
  readonly api: FakeApi;
  /** What the page logged as an error, and what it threw. */
  readonly errors: readonly string[];
  signIn(): Promise<void>;
  goTo(path: string): Promise<void>;
  close(): Promise<void>;
}

export async function openConsole(options: LaunchOptions & FakeApiOptions = {}): Promise<OpenConsole> {
  const { folder } = await buildConsole();
  const api = await startFakeApi({ stepMs: 150, ...options, consoleFolder: folder });
  const browser = await launchBrowser(options);
  const errors: string[] = [];
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return {
    page,
    api,
    errors,
    signIn: async () => {
      await page.goto(`${api.url}/sign-in#link=${FAKE_LINK}`);
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    },
    goTo: async (path) => {
      await page.goto(api.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
    close: async () => {
      await browser.close();
      await api.close();
    },
  };
}
