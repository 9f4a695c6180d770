import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ContentStore } from '../../model/index.ts';

export const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A finished file in the store's work folder. */
export function workFile(store: ContentStore, bytes: Uint8Array): string {
  const path = join(store.workDirectory, `test-${randomUUID()}`);
  writeFileSync(path, bytes);
  return path;
}

/** Stores bytes under their own digest. */
export async function put(store: ContentStore, bytes: Uint8Array): Promise<string> {
  const sha256 = digest(bytes);
  await store.adopt(sha256, workFile(store, bytes));
  return sha256;
}

export async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export async function listed(store: ContentStore): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for await (const { sha256, sizeBytes } of store.list()) found.set(sha256, sizeBytes);
  return found;
}

/** What every content store does, whatever it keeps objects in. */
export function describeContentStore(name: string, opened: () => Promise<ContentStore>): void {
  describe(`a content store: ${name}`, () => {
    let store: ContentStore;
    beforeAll(async () => {
      store = await opened();
    });

    it.each([
      ['nothing', Buffer.alloc(0)],
      ['a byte', Buffer.from([7])],
      ['a mebibyte', randomBytes(1024 * 1024)],
      ['many mebibytes', randomBytes(17 * 1024 * 1024 + 3)],
    ])('gives back %s as it was adopted, and takes the local file', async (_, bytes) => {
      const path = workFile(store, bytes);
      const sha256 = digest(bytes);
      expect(await store.has(sha256)).toBeNull();
      await store.adopt(sha256, path);
      expect(existsSync(path)).toBe(false);
      expect(await store.has(sha256)).toBe(bytes.length);
      expect((await collect(await store.read(sha256))).equals(bytes)).toBe(true);
    });

    it.each([
      [0, 1],
      [0, 99],
      [17, 42],
      [99, 99],
    ])('gives the bytes from %i to %i', async (first, last) => {
      const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => index));
      const sha256 = await put(store, bytes);
      expect((await collect(await store.read(sha256, { first, last }))).equals(bytes.subarray(first, last + 1))).toBe(
        true,
      );
    });

    it('takes the same object twice, also at the same time', async () => {
      const bytes = randomBytes(200_000);
      const paths = [1, 2, 3, 4].map(() => workFile(store, bytes));
      const sha256 = digest(bytes);
      await Promise.all(paths.map((path) => store.adopt(sha256, path)));
      await store.adopt(sha256, workFile(store, bytes));
      expect(paths.filter((path) => existsSync(path))).toEqual([]);
      expect((await collect(await store.read(sha256))).equals(bytes)).toBe(true);
    });

    it('says when an object is not there, and lets it be removed twice', async () => {
      const sha256 = await put(store, randomBytes(10));
      await store.remove(sha256);
      await store.remove(sha256);
      expect(await store.has(sha256)).toBeNull();
      await expect(store.read(sha256)).rejects.toMatchObject({ name: 'StoreError', code: 'missing' });
    });

    it('lists what it has, with size and time', async () => {
      for await (const { sha256 } of store.list()) await store.remove(sha256);
      const expected = new Map<string, number>();
      for (let size = 1; size <= 30; size += 1) expected.set(await put(store, randomBytes(size)), size);
      expect(await listed(store)).toEqual(expected);
      // Services tell the time in whole seconds.
      for await (const { storedAt } of store.list())
        expect(Math.abs(Date.now() - storedAt.getTime())).toBeLessThan(1e5);
    });

    it.each(['../../etc/passwd', '', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}/x`])(
      'takes %j for no digest',
      async (name) => {
        await expect((async () => store.has(name))()).rejects.toThrow(TypeError);
        await expect((async () => store.read(name))()).rejects.toThrow(TypeError);
        await expect((async () => store.remove(name))()).rejects.toThrow(TypeError);
        expect(() => store.localPath(name)).toThrow(TypeError);
      },
    );
  });
}
