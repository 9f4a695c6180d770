import { statfs } from 'node:fs/promises';
import { type ContentStore, ContentFault } from '../model/index.ts';

/**
 * Refuses to fetch what would leave less free space than is kept in reserve: the disk that is full of patches would stop the
 * database and everything that is served.
 *
 * @param wantedBytes all that is still to come, of all transfers
 * @throws ContentFault `disk-full`
 */
export async function ensureRoom(store: ContentStore, reserveBytes: number, wantedBytes: number): Promise<void> {
  // A store elsewhere still needs room here for what is being fetched.
  const freeBytes = (await store.space())?.freeBytes ?? (await localFreeBytes(store.workDirectory));
  if (freeBytes - wantedBytes >= reserveBytes) return;
  throw new ContentFault(
    'disk-full',
    `nothing more is fetched: of ${store.description}, ${inMegabytes(freeBytes)} are free, ${inMegabytes(wantedBytes)} are wanted and ` +
      `${inMegabytes(reserveBytes)} are kept in reserve. What is stored is still served. Make room, retire snapshots, or lower the reserve.`,
  );
}

async function localFreeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en-GB')} MB`;
}
