import { readFile } from 'node:fs/promises';
import type { Disk } from '../state/disk.ts';

/** Where the package of a vendor's build has the root of its updates. */
const PACKAGED_ROOT = '/usr/share/thimble-agent/update-root.json';
/** The administrator's word goes before the package's. */
export const GIVEN_ROOT = 'update/pinned-root.json';

/**
 * The root metadata with which this endpoint begins to trust a repository of agents. It comes with the package or from
 * whoever has root here, never from a server: one that was taken over could name its own keys.
 *
 * @returns null: updates are off.
 */
export async function readPinnedRoot(disk: Disk): Promise<Buffer | null> {
  return (await disk.read(GIVEN_ROOT)) ?? readFile(PACKAGED_ROOT).catch(() => null);
}
