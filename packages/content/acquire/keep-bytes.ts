import { createHash, randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentStore, StoredFile } from '../model/index.ts';

/** Stores bytes that are in memory. @throws StoreError; errors of the disk */
export async function keepBytes(store: ContentStore, path: string, bytes: Uint8Array): Promise<StoredFile> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = { path, sha256, sizeBytes: bytes.length };
  if ((await store.has(sha256)) !== null) return file;
  const work = join(store.workDirectory, `keep-${randomUUID()}`);
  try {
    await writeFile(work, bytes, { flag: 'wx', mode: 0o600 });
    await store.adopt(sha256, work);
    return file;
  } finally {
    await rm(work, { force: true });
  }
}
