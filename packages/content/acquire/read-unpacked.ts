import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { unpack } from '@thimble/upstream';
import type { ContentStore, Packing, StoredFile } from '../model/index.ts';
import { asContentFault } from './faults.ts';

/**
 * The content of a stored file in pieces, in bounded memory, without more of it than the limit and than honest packing makes of it.
 *
 * @throws ContentFault `too-large`, `malformed`
 */
export async function* readUnpacked(
  store: ContentStore,
  file: StoredFile,
  packing: Packing,
  { limitBytes }: { readonly limitBytes: number },
): AsyncGenerator<Uint8Array> {
  const { path: name, sha256 } = file;
  const local = store.localPath(sha256);
  const copy = local === null ? join(store.workDirectory, `read-${randomUUID()}`) : null;
  try {
    if (copy !== null) await pipeline(await store.read(sha256), createWriteStream(copy, { flags: 'wx', mode: 0o600 }));
    yield* unpack(copy ?? local ?? '', packing, { name, limitBytes });
  } catch (error) {
    throw asContentFault(error, name);
  } finally {
    if (copy !== null) await rm(copy, { force: true });
  }
}
