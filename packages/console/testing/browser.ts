import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type BrowserContext } from 'playwright-core';

export interface LaunchOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** For servers with a certificate of their own making. */
  readonly ignoreHttpsErrors?: boolean;
}

/** A real Chromium with an empty profile of its own. `close` ends it and removes the profile; call it always. */
export interface Browser {
  /** The first window's cookies, storage and pages. */
  readonly context: BrowserContext;
  /** Another window that shares nothing with the first. */
  newContext(options?: LaunchOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const INSTALL_LIMIT_MS = 600_000;
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    headless: true,
    chromiumSandbox: false,
    args: FLAGS,
  });
  const newContext = (chosen: LaunchOptions = {}): Promise<BrowserContext> =>
    browser.newContext({
      viewport: { width: chosen.width ?? 1360, height: chosen.height ?? 900 },
      colorScheme: chosen.colorScheme ?? 'light',
      reducedMotion: 'reduce',
      ignoreHTTPSErrors: chosen.ignoreHttpsErrors ?? false,
    });
  return { context: await newContext(options), newContext, close: () => browser.close() };
}

/** Gives its path; installs one where there is none and that is possible. */
export function ensureChromium(): string {
  return findChromium() ?? installChromium();
}

/** THIMBLE_CHROMIUM names another one. */
export function findChromium(): string | undefined {
  return [process.env['THIMBLE_CHROMIUM'], ...CANDIDATES].find((path) => path !== undefined && existsSync(path));
}

/** Debian and Ubuntu, as root: installs Chromium. Otherwise says how to. */
function installChromium(): string {
  const command = 'apt-get install -y --no-install-recommends chromium';
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`No Chromium was found. Install one (on Debian: ${command}) or name one in THIMBLE_CHROMIUM.`);
  }
  process.stderr.write('thimble: installing Chromium for browser tests ...\n');
  const apt = (...args: readonly string[]): void => {
    execFileSync('/usr/bin/apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: INSTALL_LIMIT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium');
  const found = findChromium();
  if (found === undefined) throw new Error('apt installed Chromium, but it is not where it should be.');
  return found;
}
