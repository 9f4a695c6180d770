import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { verifyApk } from '../acquire/verify-apk.ts';
import type { ContentStore, FileCheck } from '../model/index.ts';

/** Whether a file of the store is what signed metadata names by something else than its SHA-256. */
export async function holdsInStore(
  store: ContentStore,
  sha256: string,
  check: Exclude<FileCheck, { kind: 'sha256' }>,
  name: string,
): Promise<boolean> {
  if (check.kind === 'apk')
    return withLocalFile(store, sha256, async (path) => (await verifyApk(path, check.controlSha1, name)) === null);
  const hash = createHash('sha512');
  for await (const chunk of await store.read(sha256)) hash.update(chunk as Uint8Array);
  return hash.digest('hex') === check.sha512;
}

/** A stored file as one on this machine, wherever the store has it. */
export async function withLocalFile<Result>(
  store: ContentStore,
  sha256: string,
  act: (path: string) => Promise<Result>,
): Promise<Result> {
  const local = store.localPath(sha256);
  if (local !== null) return act(local);
  const copy = join(store.workDirectory, `check-${randomUUID()}`);
  try {
    await pipeline(await store.read(sha256), createWriteStream(copy, { flags: 'wx', mode: 0o600 }));
    return await act(copy);
  } finally {
    await rm(copy, { force: true });
  }
}
