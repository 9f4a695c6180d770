import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from './run.ts';

/** A file system of limited size: `folder` on this machine is `path` in the endpoint. */
export type LimitedDisk = { readonly folder: string; readonly path: string };

/** A tmpfs of ours that is bound into the endpoint, so that its content survives the endpoint's reboots. */
export async function addDisk(folder: string, root: string, path: string, sizeBytes: number): Promise<LimitedDisk> {
  mkdirSync(folder);
  await runOrThrow(['mount', '-t', 'tmpfs', '-o', `size=${sizeBytes},mode=755`, 'thimble-lab-disk', folder]);
  await runOrThrow(['chroot', root, 'mkdir', '-p', path]);
  await runOrThrow(['cp', '-a', `${join(root, path)}/.`, folder]);
  return { folder, path };
}

export async function fillDisk(disk: LimitedDisk, leaveBytes: number): Promise<() => Promise<void>> {
  const ballast = join(disk.folder, 'ballast');
  const { bavail, bsize } = statfsSync(disk.folder);
  const sizeBytes = Math.max(0, bavail * bsize - leaveBytes);
  if (sizeBytes > 0) await runOrThrow(['fallocate', '-l', String(sizeBytes), ballast]);
  return async () => rmSync(ballast, { force: true });
}
