import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOrThrow } from './run.ts';

/** statfs(2) f_type of overlayfs: another overlay's upper directory can't live on it. */
const OVERLAYFS_MAGIC = 0x79_4c_76_30;

export type OverlayFolders = { readonly upper: string; readonly work: string; readonly root: string };

export function overlayFolders(folder: string): OverlayFolders {
  return { upper: join(folder, 'upper'), work: join(folder, 'work'), root: join(folder, 'root') };
}

/**
 * Mounts a copy-on-write clone at folder/root; `lowers` has the topmost first. `volatile` makes its syncs free
 * (Documentation/filesystems/overlayfs.rst): dpkg syncs after each file and nothing here has to outlive this machine.
 */
export async function mountOverlay(folder: string, lowers: readonly string[]): Promise<void> {
  const { upper, work, root } = overlayFolders(folder);
  for (const each of [upper, work, root]) mkdirSync(each, { recursive: true });
  // A volatile work directory refuses a second mount until this mark of an unclean end is gone.
  await runOrThrow(['rm', '-rf', join(work, 'work', 'incompat')]);
  const options = `lowerdir=${lowers.join(':')},upperdir=${upper},workdir=${work},volatile`;
  await runOrThrow(['mount', '-t', 'overlay', 'thimble-lab', '-o', options, root]);
}

/** Unmounts everything at and below a folder, the deepest first. Busy mounts are detached. */
export async function unmountBelow(folder: string): Promise<void> {
  for (const point of mountsBelow(folder, readFileSync('/proc/self/mounts', 'utf8'))) {
    const result = await run(['umount', point]);
    if (result.code !== 0) await run(['umount', '-l', point]);
  }
}

/** The mount points at or below a folder out of proc_pid_mounts(5), the latest first. */
export function mountsBelow(folder: string, mounts: string): readonly string[] {
  const points = mounts.split('\n').map((line) => unescapeOctal(line.split(' ')[1] ?? ''));
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}

export function isOnOverlay(folder: string): boolean {
  return statfsSync(folder).type === OVERLAYFS_MAGIC;
}

/** getmntent(3): blank, tab, newline and backslash are written as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
