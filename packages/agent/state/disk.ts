import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../agent-error.ts';

/**
 * The state directory as the agent uses it. Names are relative (`journal`, `orders/ID`). `write` is atomic and durable
 * when it resolves: temporary file, fsync, rename, fsync of the folder.
 */
export interface Disk {
  read(name: string): Promise<Buffer | null>;
  write(name: string, data: string | Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  /** Names in a folder; none when it does not exist. */
  list(folder: string): Promise<readonly string[]>;
}

/** The largest file is an order's envelope: its transaction in base64 (LIMITS.documentBytes), with room. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Freed when the disk is full, so that an outcome can be recorded even then. Bigger than any usual outcome. */
const RESERVE_BYTES = 1024 * 1024;
const RESERVE = 'reserve';

/** @throws AgentError `state-unreadable` when the folder can't be made or belongs to another user. */
export async function openDisk(directory: string): Promise<Disk> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = await stat(directory);
    if (uid !== process.getuid?.())
      throw new AgentError('state-unreadable', 'host', `${directory} belongs to another user (uid ${uid})`);
    if ((mode & 0o077) !== 0) await withHandle(directory, (handle) => handle.chmod(0o700));
    for (const folder of ['orders', 'outcomes', 'documents'])
      await mkdir(join(directory, folder), { recursive: true, mode: 0o700 });
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw new AgentError('state-unreadable', 'host', `can't use ${directory}: ${(cause as Error).message}`, { cause });
  }
  const disk = nodeDisk(directory);
  await keepReserve(directory).catch(() => undefined); // A full disk now is no reason not to start.
  return disk;
}

function nodeDisk(directory: string): Disk {
  return {
    async read(name) {
      const path = join(directory, name);
      const found = await stat(path).catch(absent);
      if (found === null) return null;
      if (found.size > MAX_FILE_BYTES)
        throw new AgentError('state-damaged', 'host', `${path} has ${found.size} bytes, more than ${MAX_FILE_BYTES}`);
      return readFile(path).catch(absent);
    },
    async write(name, data) {
      try {
        await writeDurably(join(directory, name), data);
      } catch (error) {
        if (!isFull(error)) throw error;
        await rm(join(directory, RESERVE), { force: true });
        await writeDurably(join(directory, name), data).catch((cause: unknown) => {
          if (!isFull(cause)) throw cause;
          throw new AgentError('disk-full', 'host', `no space left for ${join(directory, name)}`, { cause });
        });
      }
    },
    remove: (name) => rm(join(directory, name), { force: true, recursive: true }),
    list: async (folder) => (await readdir(join(directory, folder)).catch(absent)) ?? [],
  };
}

async function keepReserve(directory: string): Promise<void> {
  const path = join(directory, RESERVE);
  if ((await stat(path).catch(absent))?.size === RESERVE_BYTES) return;
  // Random-looking content is not needed: file systems that compress are rare under /var/lib, and then space is saved.
  await writeDurably(path, Buffer.alloc(RESERVE_BYTES, 0x5a));
}

async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await withHandle(join(path, '..'), (handle) => handle.sync());
}

async function withHandle<T>(path: string, use: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function absent(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
