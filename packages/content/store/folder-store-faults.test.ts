import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContentStore } from '../model/index.ts';
import { openFolderStore } from './folder-store.ts';
import { collect, digest, listed, put, workFile } from './testing/store-behaviour.ts';

const PROGRAM = join(import.meta.dirname, 'testing/programs/adopt-endlessly.ts');

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'thimble-store-faults-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the program, killed after so many objects and a moment more. @returns what it was promised */
async function fill(directory: string, seed: string, until: { readonly objects: number; readonly thenMs?: number }) {
  const kill = until.thenMs !== undefined;
  const writer = spawn(process.execPath, [PROGRAM, directory, seed, ...(kill ? [] : [String(until.objects)])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(writer, 'exit');
  const promised: string[] = [];
  let text = '';
  writer.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    promised.push(...lines.map((line) => line.replace('adopted ', '')));
    if (kill && promised.length >= until.objects) setTimeout(() => writer.kill('SIGKILL'), until.thenMs);
  });
  await ended;
  return promised;
}

async function expectWhole(store: ContentStore, promised: readonly string[]): Promise<void> {
  const found = await listed(store);
  expect(promised.filter((sha256) => !found.has(sha256))).toEqual([]);
  for (const sha256 of found.keys()) expect(digest(await collect(await store.read(sha256)))).toBe(sha256);
}

it('two processes may adopt the same objects at the same time', async () => {
  const directory = join(root, 'two');
  const both = await Promise.all([fill(directory, 'same', { objects: 30 }), fill(directory, 'same', { objects: 30 })]);
  expect(both[0]).toHaveLength(30);
  expect(both[1]).toEqual(both[0]);
  const store = await openFolderStore(directory);
  await expectWhole(store, both[0]);
  expect((await listed(store)).size).toBe(30);
});

it('a writer that is killed at any moment leaves only whole objects, and all that it promised', async () => {
  const directory = join(root, 'killed');
  // Multiplicative hash of the round: spread over some milliseconds, the same each time.
  for (let round = 1; round <= 6; round += 1) {
    const thenMs = (round * 2_654_435_761) % 9;
    const promised = await fill(directory, `round ${round}`, { objects: round, thenMs });
    expect(promised.length).toBeGreaterThanOrEqual(round);
    await expectWhole(await openFolderStore(directory), promised);
  }
});

it.skipIf(process.getuid?.() !== 0)(
  'a full disk is said, keeps what was there, and shows nothing half (as root)',
  async () => {
    const directory = join(root, 'small');
    mkdirSync(directory);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'thimble-test', directory]);
    try {
      const store = await openFolderStore(directory);
      const kept = await put(store, Buffer.alloc(1_000_000, 'kept'));
      writeFileSync(join(root, 'large'), Buffer.alloc(6_000_000, 'large'));
      const sha256 = digest(Buffer.alloc(6_000_000, 'large'));
      await expect(store.adopt(sha256, join(root, 'large'))).rejects.toMatchObject({
        name: 'StoreError',
        code: 'disk-full',
      });
      expect(await listed(store)).toEqual(new Map([[kept, 1_000_000]]));
      expect(() => workFile(store, Buffer.alloc(6_000_000))).toThrow('ENOSPC');
      await expectWhole(store, [kept]);
    } finally {
      execFileSync('umount', [directory]);
    }
  },
);
