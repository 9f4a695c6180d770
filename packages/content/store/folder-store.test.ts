import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolderStore } from './folder-store.ts';
import { collect, describeContentStore, digest, listed, put, workFile } from './testing/store-behaviour.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'thimble-store-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeContentStore('a folder', () => openFolderStore(join(root, 'behaviour')));

describe('a store in a folder', () => {
  it('has each object as a file of its own, sharded, and its work on the same file system', async () => {
    const store = await openFolderStore(join(root, 'layout'));
    const sha256 = await put(store, Buffer.from('content'));
    const path = join(root, 'layout/objects', sha256.slice(0, 2), sha256.slice(2));
    expect(store.localPath(sha256)).toBe(path);
    expect(existsSync(path)).toBe(true);
    expect(statSync(store.workDirectory).dev).toBe(statSync(path).dev);
    expect(store.description).toBe(`folder ${join(root, 'layout')}`);
  });

  it('keeps what it has when it is opened again, and shows nothing of what was left unfinished', async () => {
    const directory = join(root, 'again');
    const store = await openFolderStore(directory);
    const sha256 = await put(store, Buffer.from('content'));
    const left = workFile(store, Buffer.from('half of something'));
    const old = workFile(store, Buffer.from('forgotten'));
    utimesSync(old, 0, 0);
    mkdirSync(join(directory, 'objects/zz'));
    writeFileSync(join(directory, 'objects/aa/readme'), 'not named like content');
    expect(await listed(await openFolderStore(directory))).toEqual(new Map([[sha256, 7]]));
    expect(existsSync(left)).toBe(true);
    expect(existsSync(old)).toBe(false);
  });

  it('takes a file from another file system, and leaves none behind', async () => {
    const store = await openFolderStore(join(root, 'elsewhere'));
    // Memory file system of every Linux; where it is none, the test is that of a plain adoption.
    const other = mkdtempSync(existsSync('/dev/shm') ? '/dev/shm/thimble-' : join(root, 'other-'));
    try {
      const bytes = randomBytes(100_000);
      writeFileSync(join(other, 'file'), bytes);
      await store.adopt(digest(bytes), join(other, 'file'));
      expect(await store.has(digest(bytes))).toBe(bytes.length);
      expect([...readdirSync(other), ...readdirSync(store.workDirectory)]).toEqual([]);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it('gives a single byte, the first one, too', async () => {
    const store = await openFolderStore(join(root, 'byte'));
    const sha256 = await put(store, Buffer.from('content'));
    expect((await collect(await store.read(sha256, { first: 0, last: 0 }))).toString()).toBe('c');
  });

  it('tells the room that there is', async () => {
    const space = await (await openFolderStore(join(root, 'space'))).space();
    expect(space?.freeBytes).toBeGreaterThan(0);
    expect(space?.totalBytes).toBeGreaterThanOrEqual(space?.freeBytes ?? Infinity);
  });

  it('that can’t be made is an error that says so', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(openFolderStore(join(root, 'file'))).rejects.toMatchObject({
      name: 'StoreError',
      code: 'unavailable',
    });
  });
});
