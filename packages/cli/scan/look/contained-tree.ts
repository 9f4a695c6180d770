import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { CliError } from '../../cli-error.ts';

/** A chain of links longer than the kernel's own limit (path_resolution(7)) is a loop. */
const LINKS_MAX = 40;
const ENTRIES_MAX = 2_000_000;
const DEPTH_MAX = 64;

/**
 * A folder that is read as if it were `/`: absolute links and `..` stay inside, as they would after a chroot. What was
 * unpacked from an image is not trusted: a link to the real /etc/shadow must not be followed.
 */
export interface ContainedTree {
  readonly root: string;
  /** Null: there is no such file. @param path relative to the root, with slashes. */
  readonly read: (path: string, limitBytes: number) => Promise<Buffer | null>;
  /** The real place of a file inside the root; null: not there. For readers that open it by name. */
  readonly locate: (path: string) => Promise<string | null>;
  /** Names in a folder, sorted; null: no such folder. */
  readonly list: (path: string) => Promise<readonly string[] | null>;
  /** All regular files below the root, in a stable order; links are not followed, other file systems are not entered. */
  readonly walk: (skip: (path: string) => boolean) => AsyncGenerator<string>;
}

/** @throws CliError `no-such-folder` */
export async function containedTree(directory: string): Promise<ContainedTree> {
  const root = await realpath(directory).catch((cause: unknown) => {
    throw new CliError('no-such-folder', `${directory} is not there or can not be read`, { cause });
  });
  const locate = (path: string) => resolveInside(root, path);
  return {
    root,
    locate,
    async read(path, limitBytes) {
      const place = await locate(path);
      return place === null ? null : readLimited(place, path, limitBytes);
    },
    async list(path) {
      const place = await locate(path);
      const names = place === null ? null : await readdir(place).catch(() => null);
      return names === null ? null : names.sort();
    },
    walk: (skip) => walk(root, skip),
  };
}

async function resolveInside(root: string, path: string): Promise<string | null> {
  let pending = path.split('/').filter((part) => part !== '' && part !== '.');
  let inside = '/';
  for (let links = 0; pending.length > 0;) {
    const [part = '', ...rest] = pending;
    pending = rest;
    if (part === '..') {
      inside = posix.dirname(inside);
      continue;
    }
    const next = posix.join(inside, part);
    const stat = await lstat(join(root, next)).catch(() => null);
    if (stat === null) return null;
    if (!stat.isSymbolicLink()) {
      inside = next;
      continue;
    }
    links += 1;
    if (links > LINKS_MAX) return null;
    const target = await readlink(join(root, next));
    if (target.startsWith('/')) inside = '/';
    pending = [...target.split('/').filter((each) => each !== '' && each !== '.'), ...pending];
  }
  return join(root, inside);
}

/** Never a device or a pipe, never more than the limit, and no link in the place of a file that was one before. */
async function readLimited(place: string, path: string, limitBytes: number): Promise<Buffer | null> {
  const handle = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return null;
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return null;
    if (stat.size > limitBytes)
      throw new CliError('too-large', `${path} has ${stat.size} bytes; at most ${limitBytes} are read`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function* walk(root: string, skip: (path: string) => boolean): AsyncGenerator<string> {
  const { dev } = await lstat(root);
  const folders: { readonly path: string; readonly depth: number }[] = [{ path: '', depth: 0 }];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { path, depth } = folder;
    const names = await readdir(join(root, path), { withFileTypes: true }).catch(() => []);
    const below: typeof folders = [];
    for (const entry of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      entries += 1;
      if (entries > ENTRIES_MAX)
        throw new CliError('too-large', `${root} holds more than ${ENTRIES_MAX} files`, { hint: 'Scan a part of it.' });
      const place = path === '' ? entry.name : `${path}/${entry.name}`;
      if (skip(place)) continue;
      if (entry.isFile()) yield place;
      else if (entry.isDirectory() && depth < DEPTH_MAX) {
        const stat = await lstat(join(root, place)).catch(() => null);
        if (stat?.dev === dev) below.push({ path: place, depth: depth + 1 });
      }
    }
    folders.push(...below.reverse());
  }
}
