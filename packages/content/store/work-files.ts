import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What nobody went on with for so long is fetched anew: mirrors change, and the room is needed. */
const WORK_KEPT_MS = 7 * 24 * 3_600_000;

/** Removes from a work folder what a process that ended left behind and no other took up. */
export async function removeForgotten(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const status = await stat(path).catch(() => null);
    if (status?.isFile() === true && Date.now() - status.mtimeMs > WORK_KEPT_MS) await rm(path, { force: true });
  }
}
