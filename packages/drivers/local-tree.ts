import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, opendir, readlink } from 'node:fs/promises';
import type { FileTree, TreeEntry, TreeFile, TreeStatus } from './file-tree.ts';
import { HostError, type FileKind } from './host.ts';
import { hostError, isAbsent } from './local-errors.ts';

/** open(2), Linux: a handle on the file without opening it, so that looking at a device or pipe does nothing to it. */
const O_PATH = 0o10_000_000;
/** A chain of links longer than the kernel's own limit (path_resolution(7)) is a loop. */
const LINKS_MAX = 40;
/** A folder with more holds data (mails, sessions, a cache), and its list alone would fill the memory. */
const ENTRIES_MAX = 100_000;

/**
 * A folder of this machine, by a name that is trusted. Each step of a path is taken from the handle of the folder before
 * (`/proc/self/fd/N/NAME`, as openat(2) would), so that nobody who exchanges folders for links meanwhile leads out of it.
 *
 * @returns null: there is no such folder. @throws HostError `permission`, `io`
 */
export async function localTree(directory: string): Promise<FileTree | null> {
  const root = await unlessAbsent(directory, () => open(directory, O_PATH | constants.O_DIRECTORY));
  return root === null ? null : new LocalTree(root);
}

class LocalTree implements FileTree {
  readonly #root: FileHandle;
  constructor(root: FileHandle) {
    this.#root = root;
  }

  async open(path: string, links: 'inside' | 'refuse' = 'inside'): Promise<TreeFile | null> {
    const place = await this.#locate(path, links);
    if (place === null) return null;
    try {
      if (!(await place.stat()).isFile()) return null;
      const handle = await open(inside(place), constants.O_RDONLY | constants.O_NOCTTY);
      return treeFile(handle, statusOf(await handle.stat()), path);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw hostError(path, error);
    } finally {
      await place.close();
    }
  }

  async read(path: string, limitBytes: number, links: 'inside' | 'refuse' = 'inside'): Promise<Buffer | null> {
    await using file = await this.open(path, links);
    return file === null ? null : await file.readWhole(limitBytes);
  }

  async list(path: string): Promise<readonly string[] | null> {
    const place = await this.#locate(path, 'inside');
    try {
      if (place === null || !(await place.stat()).isDirectory()) return null;
      return (await unlessAbsent(path, () => entriesOf(inside(place), path)))?.map(({ name }) => name) ?? null;
    } finally {
      await place?.close();
    }
  }

  async entries(path: string): Promise<readonly TreeEntry[] | null> {
    return unlessAbsent(path, () => entriesOf(this.#name(path), path));
  }

  async status(path: string): Promise<TreeStatus | null> {
    const stats = await unlessAbsent(path, () => (path === '' ? this.#root.stat() : lstat(this.#name(path))));
    return stats === null ? null : statusOf(stats);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#root.close();
  }

  #name(path: string): string {
    return path === '' ? inside(this.#root) : `${inside(this.#root)}/${path}`;
  }

  async #locate(path: string, links: 'inside' | 'refuse'): Promise<FileHandle | null> {
    const folders: FileHandle[] = [];
    try {
      return await unlessAbsent(path, () => this.#descend(path, links, folders));
    } finally {
      await closeAll(folders);
    }
  }

  /** @param folders those on the way, for the caller to close. */
  async #descend(path: string, links: 'inside' | 'refuse', folders: FileHandle[]): Promise<FileHandle | null> {
    let pending = partsOf(path);
    for (let followed = 0; pending.length > 0;) {
      const [part = '', ...rest] = pending;
      pending = rest;
      if (part === '..') {
        await folders.pop()?.close();
        continue;
      }
      const name = `${inside(folders.at(-1) ?? this.#root)}/${part}`;
      const next = await open(name, O_PATH | constants.O_NOFOLLOW);
      folders.push(next);
      if (!(await next.stat()).isSymbolicLink()) continue;
      await folders.pop()?.close();
      followed += 1;
      if (links === 'refuse' || followed > LINKS_MAX) return null;
      const target = await readlink(name);
      if (target.startsWith('/')) await closeAll(folders.splice(0));
      pending = [...partsOf(target), ...pending];
    }
    return folders.pop() ?? open(inside(this.#root), O_PATH);
  }
}

function treeFile(handle: FileHandle, status: TreeStatus, path: string): TreeFile {
  const readRange = async (offsetBytes: number, lengthBytes: number) => {
    const buffer = Buffer.allocUnsafe(lengthBytes);
    const { bytesRead } = await handle.read(buffer, 0, lengthBytes, offsetBytes);
    return buffer.subarray(0, bytesRead);
  };
  return {
    status,
    readRange,
    async readWhole(limitBytes) {
      if (status.sizeBytes > limitBytes)
        throw new HostError('too-large', `${path} has ${status.sizeBytes} bytes; at most ${limitBytes} are read`);
      // What is appended meanwhile is not waited for.
      return readRange(0, status.sizeBytes);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

async function entriesOf(name: string, path: string): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for await (const entry of await opendir(name, { bufferSize: 512 })) {
    entries.push({ name: entry.name, kind: kindOf(entry) });
    if (entries.length > ENTRIES_MAX)
      throw new HostError('too-large', `${path} has more than ${ENTRIES_MAX} entries; it was not looked into`);
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function inside(handle: FileHandle): string {
  return `/proc/self/fd/${handle.fd}`;
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

async function closeAll(handles: readonly FileHandle[]): Promise<void> {
  for (const handle of handles) await handle.close();
}

function statusOf(stats: Stats): TreeStatus {
  const { size: sizeBytes, mtimeMs: modifiedAtMs, dev: device, ino: inode } = stats;
  return { kind: kindOf(stats), sizeBytes, modifiedAtMs, device, inode };
}

export function kindOf(stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): FileKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

async function unlessAbsent<T>(path: string, act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (isAbsent(error)) return null;
    throw hostError(path, error);
  }
}
