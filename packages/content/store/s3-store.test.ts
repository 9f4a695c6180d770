import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openS3Store } from './s3-store.ts';
import { startS3, type S3Service } from './testing/start-s3.ts';
import { describeContentStore, digest, listed, put, workFile } from './testing/store-behaviour.ts';

let service: S3Service;
let workDirectory: string;
beforeAll(async () => {
  service = await startS3();
  workDirectory = mkdtempSync(join(tmpdir(), 'thimble-s3-work-'));
});
afterAll(async () => {
  await service.close();
  rmSync(workDirectory, { recursive: true, force: true });
});

const open = (change: Partial<Parameters<typeof openS3Store>[0]> = {}) =>
  openS3Store({ ...service, prefix: 'thimble/', region: 'us-east-1', workDirectory, ...change });

describeContentStore('a bucket', () => open());

describe('a store in a bucket', () => {
  it('keeps to its prefix', async () => {
    const one = await open({ prefix: 'one/' });
    const two = await open({ prefix: '' });
    const sha256 = await put(one, Buffer.from('content'));
    expect(await listed(one)).toEqual(new Map([[sha256, 7]]));
    expect(await listed(two)).toEqual(new Map());
    expect(await two.has(sha256)).toBeNull();
    expect(one.localPath(sha256)).toBeNull();
    expect(await one.space()).toBeNull();
  });

  it('lists more objects than one answer has', async () => {
    const store = await open({ prefix: 'many/' });
    const { S3Client, PutObjectCommand } = await import('@aws-sdk/client-s3');
    const client = new S3Client({ ...service, region: 'us-east-1', forcePathStyle: true });
    const all = Array.from({ length: 1_050 }, (_, index) => digest(Buffer.from(`object ${index}`)));
    for (let at = 0; at < all.length; at += 50)
      await Promise.all(
        all.slice(at, at + 50).map((sha256) => {
          const Key = `many/objects/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
          return client.send(new PutObjectCommand({ Bucket: service.bucket, Key, Body: 'x' }));
        }),
      );
    expect([...(await listed(store)).keys()].sort()).toEqual(all.sort());
  });

  it('that gives other bytes than it was asked for is unavailable', async () => {
    // This service takes the range 0-0 for none.
    const store = await open({ prefix: 'range/' });
    const sha256 = await put(store, Buffer.from('content'));
    await expect(store.read(sha256, { first: 0, last: 0 })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not keep what arrived as something else', async () => {
    const store = await open({ prefix: 'wrong/' });
    const bytes = randomBytes(1000);
    const sha256 = digest(Buffer.from('other'));
    await expect(store.adopt(sha256, workFile(store, bytes))).rejects.toMatchObject({ code: 'damaged' });
    expect(await store.has(sha256)).toBeNull();
  });

  it.each([
    ['is not there', { bucket: 'none' }],
    ['refuses the key', { credentials: { accessKeyId: 'nobody', secretAccessKey: 'wrong' } }],
    ['does not answer', { endpoint: 'http://127.0.0.1:1' }],
  ])('that %s is unavailable, and what was to be stored is kept', async (_, change) => {
    const store = await open(change);
    const path = workFile(store, Buffer.from('content'));
    await expect(store.adopt(digest(Buffer.from('content')), path)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'unavailable',
    });
    expect(existsSync(path)).toBe(true);
    await expect(listed(store)).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
  });
});
