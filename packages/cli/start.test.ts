import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndpointList, TokenList } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningCommand, thimble } from './testing/command.ts';

/** Everything for real: server, PostgreSQL, this machine's own agent. The tests are one story, in this order. */
const folder = mkdtempSync(join(tmpdir(), 'thimble-start-'));
const data = join(folder, 'data with a space');
const env = { THIMBLE_DATA: data, THIMBLE_PORT: '0', THIMBLE_FEEDS: 'off' };
const running = new Set<RunningCommand>();

function start(overrides: Readonly<Record<string, string>> = {}): RunningCommand {
  const command = new RunningCommand(['start'], { ...env, ...overrides });
  running.add(command);
  return command;
}

async function readJson<T>(...argv: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await thimble([...argv, '--json'], { env });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as T;
}

/** Processes whose command line speaks of the data directory: PostgreSQL, its lock's holder, the local agent. */
function processesOf(directory: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(directory));
}

async function untilNoneIsLeft(): Promise<void> {
  for (let tries = 0; tries < 400 && processesOf(data).length > 0; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

// PostgreSQL does not run as root: its user must get through to its own folder.
beforeAll(() => chmodSync(folder, 0o711));

afterAll(async () => {
  for (const command of running) command.kill('SIGKILL');
  await untilNoneIsLeft();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('thimble start', { timeout: 120_000 }, () => {
  let first: RunningCommand;
  let endpointId = '';

  it('prints a sign-in link on a line of its own that signs in once, the CA’s fingerprint and how machines join', async () => {
    first = start();
    const [, origin = '', link = ''] = await first.says(/^(http:\/\/localhost:\d+)\/sign-in#(\S+)$/m);
    await first.says(/^thimble agent enroll --server https:\/\/\S+ --token \S+ --ca-fingerprint [0-9a-f:]+$/m);
    const signIn = (): Promise<Response> =>
      fetch(`${origin}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({ link: link.replace(/^link=/, '') }),
      });
    expect((await signIn()).status).toBe(200);
    expect((await signIn()).status).toBeGreaterThanOrEqual(400);
  });

  it('has enrolled this machine, and shows what is installed on it', async () => {
    await first.says(/: .*, \d+ packages, \d+ updates? pending, \d+ of them security\./);
    const { items } = await readJson<EndpointList>('endpoints', 'list');
    expect(items).toHaveLength(1);
    expect(items[0]?.packageCount).toBeGreaterThan(50);
    endpointId = items[0]?.id ?? '';
  });

  it('refuses a second instance on the same data directory', async () => {
    const second = start();
    const { code, stderr } = await second.ended();
    expect(stderr).toMatch(/the data directory .* is in use by process \d+/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });

  it('has all its data after kill -9, and does not enrol this machine twice', async () => {
    await readJson('tokens', 'create', 'kept');
    first.kill('SIGKILL');
    await first.ended();
    const again = start();
    await again.says(/enrolled before/);
    await again.says(/\/sign-in#/);
    expect((await readJson<EndpointList>('endpoints', 'list')).items.map(({ id }) => id)).toEqual([endpointId]);
    expect((await readJson<TokenList>('tokens', 'list')).items.map(({ name }) => name)).toContain('kept');
    first = again;
  });

  it('stops everything that it started on Ctrl-C', async () => {
    first.kill('SIGINT');
    const { code, stderr } = await first.ended();
    expect(stderr).toContain('Stopped.');
    expect(code).toBe(0);
    await untilNoneIsLeft();
    expect(processesOf(data)).toEqual([]);
  });

  it('says who to ask when the port is taken, and leaves nothing running', async () => {
    const other = createServer().listen(0, '0.0.0.0');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stderr } = await start({ THIMBLE_PORT: String(port) }).ended();
    other.close();
    expect(stderr).toContain(`port ${port} is taken`);
    expect(code).toBe(1);
    await untilNoneIsLeft();
    expect(processesOf(data)).toEqual([]);
  });

  it('says what to do about a data directory that can’t be written', async () => {
    const { code, stderr } = await start({ THIMBLE_DATA: '/proc/version/data' }).ended();
    expect(stderr).toMatch(/the data directory \/proc\/version\/data can’t be written/);
    expect(stderr).toContain('--data or THIMBLE_DATA');
    expect(code).toBe(1);
  });

  it('does not start with a setting that it can’t read', async () => {
    const { code, stderr } = await start({ THIMBLE_PORT: '84a43' }).ended();
    expect(stderr).toContain('THIMBLE_PORT');
    expect(code).toBe(2);
  });
});
