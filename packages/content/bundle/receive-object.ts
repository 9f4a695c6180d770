import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOM_CHECK_BYTES } from '../acquire/limits.ts';
import { ensureRoom } from '../acquire/room.ts';
import { ContentFault, type ContentStore } from '../model/index.ts';

/**
 * Takes a file of a bundle into the store, of any size, in bounded memory. Until its digest has proved right it is a work file, which is
 * gone however this ends; several may bring the same one at once.
 *
 * @param announcedBytes for the disk's sake; null: not said
 * @returns its size
 * @throws ContentFault `wrong-digest`, `disk-full`; StoreError; what the source throws
 */
export async function receiveObject(
  store: ContentStore,
  sha256: string,
  source: AsyncIterable<Uint8Array>,
  { announcedBytes, reserveBytes }: { readonly announcedBytes: number | null; readonly reserveBytes: number },
): Promise<number> {
  const work = join(store.workDirectory, `import-${randomUUID()}`);
  const toCome = (received: number): number => Math.max(0, (announcedBytes ?? 0) - received);
  await ensureRoom(store, reserveBytes, toCome(0));
  const file = await open(work, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    let checkedAt = 0;
    try {
      for await (const chunk of source) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        for (let written = 0; written < chunk.length;)
          written += (await file.write(chunk, written, chunk.length - written)).bytesWritten;
        if (sizeBytes - checkedAt < ROOM_CHECK_BYTES) continue;
        checkedAt = sizeBytes;
        await ensureRoom(store, reserveBytes, toCome(sizeBytes));
      }
    } finally {
      await file.close();
    }
    const found = hash.digest('hex');
    if (found !== sha256) throw otherBytes(sha256, found);
    await store.adopt(sha256, work);
    return sizeBytes;
  } finally {
    await rm(work, { force: true });
  }
}

function otherBytes(sha256: string, found: string): ContentFault {
  return new ContentFault('wrong-digest', `what came under the name ${sha256} has the SHA-256 ${found}`);
}
