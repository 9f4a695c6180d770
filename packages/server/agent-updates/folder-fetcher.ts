import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetcher } from 'tuf-js';
// Not in its index, and by this class alone it knows that there is no newer root.
import { DownloadHTTPError, DownloadLengthMismatchError } from 'tuf-js/dist/error.js';

/** Reads a repository out of the folder that this server serves. Programs are not read: endpoints verify those. */
export function folderFetcher(folder: string): Fetcher {
  return {
    async downloadBytes(url, maxBytes) {
      const file = join(folder, new URL(url).pathname);
      const found = await stat(file).catch(() => null);
      if (found === null) throw new DownloadHTTPError(`${file} does not exist`, 404);
      if (found.size > maxBytes) throw new DownloadLengthMismatchError(`${file} has more than ${maxBytes} bytes`);
      return readFile(file);
    },
    downloadFile: () => Promise.reject(new Error('programs are not read')),
  };
}
