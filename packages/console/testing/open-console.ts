import type { Page } from 'playwright-core';
import { buildConsole } from '../build/build-console.ts';
import { launchBrowser, type Browser, type LaunchOptions } from './browser.ts';
import { FAKE_LINK, startFakeApi, type FakeApi, type FakeApiOptions } from './fake-api.ts';

/** Generous: the machine may be busy with other tests. */
const LIMIT_MS = 40_000;

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

interface OpenOptions extends LaunchOptions, FakeApiOptions {
  /** One that is running already gets a new window; its owner closes it. */
  readonly browser?: Browser;
}

export async function openConsole(options: OpenOptions = {}): Promise<OpenConsole> {
  const { folder } = await buildConsole();
  const api = await startFakeApi({ stepMs: 150, ...options, consoleFolder: folder });
  const own = options.browser === undefined ? await launchBrowser(options) : undefined;
  const context = own?.context ?? (await options.browser?.newContext(options));
  if (context === undefined) throw new Error('there is no browser');
  const errors: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const asked = new Set<string>();
  page.on('request', (request) => asked.add(request.url()));
  page.on('requestfinished', (request) => asked.delete(request.url()));
  page.on('requestfailed', (request) => asked.delete(request.url()));
  /** What a time-out alone does not tell: where the page is, what it waits for and what it shows. */
  const told = (waiting: Promise<void>): Promise<void> =>
    waiting.catch(async (error: unknown) => {
      const text = await page.locator('body').innerText({ timeout: 5_000 }).catch(String);
      const facts = { url: page.url(), unanswered: [...asked], errors, text: text.slice(0, 1_500) };
      throw new Error(`${String(error)}\n${JSON.stringify(facts, undefined, 2)}`, { cause: error });
    });
  return {
    page,
    api,
    errors,
    signIn: async () => {
      await page.goto(`${api.url}/sign-in#link=${FAKE_LINK}`);
      await told(page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor());
    },
    goTo: async (path) => {
      await page.goto(api.url + path);
      await told(page.getByRole('heading', { level: 1 }).waitFor());
    },
    close: async () => {
      await context.close();
      await own?.close();
      await api.close();
    },
  };
}
