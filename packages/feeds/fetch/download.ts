import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FeedError } from '@thimble/advisories';

export interface Download {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface DownloadOptions {
  /** The file to make. */
  readonly path: string;
  /** What it is, for messages. */
  readonly name: string;
  readonly limitBytes: number;
  readonly idleMs: number;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Writes a body to a new file, hashed as it comes. Without success nothing is left behind.
 *
 * @throws FeedError `too-large`, `unreachable` after a long silence; whatever the source throws
 */
export async function download(source: Readable, options: DownloadOptions): Promise<Download> {
  const { path, name, limitBytes, idleMs, onBytes } = options;
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  const idle = setTimeout(() => {
    source.destroy(new FeedError('unreachable', `${name} has sent nothing for ${idleMs / 1000} s`));
  }, idleMs);
  let bytes = 0;
  try {
    for await (const chunk of source) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a body is bytes');
      idle.refresh();
      bytes += chunk.length;
      if (bytes > limitBytes)
        throw new FeedError('too-large', `${name} has more than the ${limitBytes} bytes that are read of it`);
      hash.update(chunk);
      await file.write(chunk);
      onBytes(chunk.length);
    }
    await file.close();
    return { path, bytes, sha256: hash.digest('hex') };
  } catch (error) {
    source.destroy();
    await file.close();
    await rm(path, { force: true });
    throw error;
  } finally {
    clearTimeout(idle);
  }
}
