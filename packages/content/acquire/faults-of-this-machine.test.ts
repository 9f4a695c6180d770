import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ContentStore } from '../model/index.ts';
import { openFolderStore } from '../store/index.ts';
import { createAcquirer } from './acquirer.ts';
import { type AcquireSetting, acquireSetting, collect, digest, sha256Check } from './testing/acquire-setting.ts';

const PROGRAM = join(import.meta.dirname, 'testing/programs/acquire-one.ts');
const file = randomBytes(3_000_000);
const check = sha256Check(file);
const sha256 = digest('sha256', file);

let setting: AcquireSetting;
beforeEach(async () => {
  setting = await acquireSetting({ file: { kind: 'file', bytes: file, etag: '"one"' } });
});
afterEach(() => setting.close());

/** Runs the program until it has received so much, or to its end. @returns what it said last */
async function acquireUntil(receivedBytes: number): Promise<string> {
  const { upstream, directory } = setting;
  const words = [directory, upstream.address('file').href, sha256, String(file.length), '6000000'];
  const program = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  let last = '';
  for await (const line of createInterface(program.stdout)) {
    last = line;
    if (Number(/^received (\d+)$/.exec(line)?.[1] ?? -1) >= receivedBytes) program.kill('SIGKILL');
  }
  await ended;
  return last;
}

it('a server that is killed again and again goes on where it was, and stores nothing half', async () => {
  // Multiplicative hash of the round: spread over the file, the same each time.
  for (let round = 1; round <= 4; round += 1) {
    const { requests } = setting.upstream;
    const least = Math.floor((file.length / 5) * (round - 1)) + ((round * 2_654_435_761) % 500_000);
    expect(await acquireUntil(least)).toMatch(/^received/);
    expect(await setting.stored()).toEqual([]);
    const [first] = /\d+/.exec(requests.at(-1)?.headers.range ?? '') ?? ['0'];
    const [partial, ...others] = setting.work().filter((name) => name.endsWith('.part'));
    expect(others).toEqual([]);
    const size = statSync(join(setting.store.workDirectory, partial ?? '')).size;
    expect(size).toBeGreaterThanOrEqual(least);
    // What the one before had was not fetched again.
    expect(Number(first)).toBeLessThanOrEqual(size);
    expect(requests).toHaveLength(round);
    if (round > 1) expect(requests.at(-1)?.headers).toMatchObject({ 'if-range': '"one"' });
  }
  expect(await acquireUntil(Infinity)).toBe(`stored ${sha256}`);
  expect(await setting.stored()).toEqual([sha256]);
  expect(setting.work()).toEqual([]);
  expect((await collect(await setting.store.read(sha256))).equals(file)).toBe(true);
});

it.skipIf(process.getuid?.() !== 0)(
  'a disk that becomes full ends the transfer, and the rest comes when there is room (as root)',
  async () => {
    const directory = join(setting.directory, 'small');
    mkdirSync(directory);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'thimble-test', directory]);
    try {
      const small = await openFolderStore(directory);
      const unlimited: ContentStore = { ...small, space: async () => ({ freeBytes: 1e12, totalBytes: 1e12 }) };
      const settings = {
        userAgent: 'Thimble/test',
        proxy: null,
        bandwidthBytesPerSecond: null,
        perHost: 4,
        reserveBytes: 0,
        isConfigured: () => true,
        now: () => new Date(),
      };
      const wanted = { urls: [setting.upstream.address('file')], name: 'the file', check };
      const acquirer = await createAcquirer(settings, unlimited);
      await expect((await acquirer.acquire(wanted)).done).rejects.toMatchObject({
        name: 'ContentFault',
        code: 'disk-full',
        message: expect.stringContaining('ENOSPC'),
      });
      for await (const { sha256: found } of small.list()) expect(found).toBe('none');
      // With the space that there really is it is refused before anything is fetched.
      const careful = await createAcquirer(settings, small);
      await expect(careful.acquire(wanted)).rejects.toMatchObject({ code: 'disk-full' });
      execFileSync('mount', ['-o', 'remount,size=16m', directory]);
      expect(await (await acquirer.acquire(wanted)).done).toEqual({ sha256 });
      expect(setting.upstream.requests.at(-1)?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
      await acquirer.close();
      await careful.close();
    } finally {
      execFileSync('umount', [directory]);
    }
  },
);

it('free space is watched while a file arrives, and what has come is kept', async () => {
  let freeBytes = 1e9;
  const store: ContentStore = { ...setting.store, space: async () => ({ freeBytes, totalBytes: 1e12 }) };
  const large = randomBytes(20_000_000);
  setting.upstream.set('large', { kind: 'file', bytes: large });
  const acquirer = await createAcquirer(
    {
      userAgent: 'Thimble/test',
      proxy: null,
      bandwidthBytesPerSecond: null,
      perHost: 4,
      reserveBytes: 1e8,
      isConfigured: () => true,
      now: () => new Date(),
    },
    store,
  );
  const wanted = { urls: [setting.upstream.address('large')], name: 'the file', check: sha256Check(large) };
  const { done } = await acquirer.acquire(wanted);
  freeBytes = 1e7;
  await expect(done).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('nothing more') });
  freeBytes = 1e9;
  expect(await (await acquirer.acquire(wanted)).done).toEqual({ sha256: digest('sha256', large) });
  expect(setting.upstream.requests.at(-1)?.headers.range).toMatch(/^bytes=1[5-9]\d{6}-$/);
  await acquirer.close();
});

it('a proxy is asked where one is set, except for hosts that are excepted', async () => {
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(file);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const place = proxy.address();
  if (place === null || typeof place === 'string') throw new TypeError('no port');
  try {
    const isConfigured = ({ hostname }: URL): boolean => hostname.endsWith('.example') || hostname === '127.0.0.1';
    const through = { proxy: `http://127.0.0.1:${place.port}`, noProxy: '127.0.0.1', isConfigured };
    const acquirer = await setting.acquirer(through);
    const url = new URL('http://mirror.example/pool/file');
    expect(await (await acquirer.acquire({ urls: [url], name: 'the file', check })).done).toEqual({ sha256 });
    expect(asked).toEqual([url.href]);
    const bytes = await acquirer.fetchUnverified(
      { urls: [setting.upstream.address('file')], name: 'x' },
      { limitBytes: file.length, signal: new AbortController().signal },
    );
    expect(bytes?.length).toBe(file.length);
    expect(asked).toHaveLength(1);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});
