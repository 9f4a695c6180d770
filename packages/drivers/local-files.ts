import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HostError, type Host } from './host.ts';
import { hostError, isAbsent } from './local-errors.ts';
import { kindOf, localTree } from './local-tree.ts';

type Files = Pick<
  Host,
  | 'readFile'
  | 'readRange'
  | 'listDirectory'
  | 'readLink'
  | 'stat'
  | 'freeBytes'
  | 'writeFile'
  | 'makeDirectory'
  | 'remove'
  | 'copyFile'
  | 'tree'
>;

/** The file half of a Host, below `root`. Links with absolute targets lead out of a root that is not `/`. */
export function localFiles(root: string): Files {
  const at = root === '/' ? (path: string) => path : (path: string) => join(root, path);
  return {
    readFile: (path, { maxBytes }) => absent(path, () => readWhole(at(path), maxBytes)),
    readRange: (path, range) => absent(path, () => readPart(at(path), range)),
    listDirectory: (path) => absent(path, () => fs.readdir(at(path))),
    readLink: (path) => absent(path, () => fs.readlink(at(path))),
    stat: (path) =>
      absent(path, async () => {
        const stat = await fs.lstat(at(path));
        const { size: sizeBytes, mtimeMs: modifiedAtMs, uid: ownerId } = stat;
        return { kind: kindOf(stat), sizeBytes, modifiedAtMs, ownerId, mode: stat.mode & 0o7777 };
      }),
    freeBytes: (path) =>
      absent(path, async () => {
        const stat = await fs.statfs(at(path));
        return stat.bavail * stat.bsize;
      }),
    writeFile: (path, data, options) => present(path, () => writeAtomically(at(path), data, options?.mode)),
    makeDirectory: (path, options) =>
      present(path, async () => {
        await fs.mkdir(at(path), { recursive: true, mode: options?.mode ?? 0o755 });
        if (options?.mode !== undefined) await fs.chmod(at(path), options.mode);
      }),
    remove: (path) => present(path, () => fs.rm(at(path), { recursive: true, force: true })),
    copyFile: (from, to) => present(from, () => linkOrCopy(at(from), at(to))),
    tree: (path) => localTree(at(path)),
  };
}

async function readWhole(path: string, maxBytes: number): Promise<Buffer> {
  const file = await fs.open(path, constants.O_RDONLY | constants.O_NOCTTY);
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    // Files of /proc say 0: then grow, and the end of the file tells.
    let buffer = Buffer.allocUnsafe(size > 0 ? size + 1 : 4096);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) return buffer.subarray(0, length);
      length += bytesRead;
      if (length > maxBytes) throw tooLarge(path, maxBytes);
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    }
  } finally {
    await file.close();
  }
}

async function readPart(path: string, range: { offsetBytes: number; lengthBytes: number }): Promise<Buffer> {
  const file = await fs.open(path, constants.O_RDONLY | constants.O_NOCTTY);
  try {
    const buffer = Buffer.allocUnsafe(range.lengthBytes);
    const { bytesRead } = await file.read(buffer, 0, range.lengthBytes, range.offsetBytes);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

let written = 0;

async function writeAtomically(path: string, data: string | Uint8Array, mode: number | undefined): Promise<void> {
  written += 1;
  const temporary = `${path}.${process.pid}-${written}.new`;
  try {
    const file = await fs.open(temporary, 'w', mode ?? 0o644);
    try {
      // A mode that was asked for is meant, whatever the agent's umask is.
      if (mode !== undefined) await file.chmod(mode);
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  // The rename itself lives in the directory.
  const directory = await fs.open(dirname(path), 'r');
  await directory.sync().finally(() => directory.close());
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await fs.rm(to, { force: true });
  try {
    await fs.link(from, to);
  } catch {
    await fs.copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

function tooLarge(path: string, maxBytes: number): HostError {
  return new HostError('too-large', `${path} has more than ${maxBytes} bytes`);
}

async function absent<T>(path: string, act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (isAbsent(error)) return null;
    throw hostError(path, error);
  }
}

async function present<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw hostError(path, error);
  }
}
