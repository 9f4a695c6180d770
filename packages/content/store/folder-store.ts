import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, opendir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ContentStore, StoreError } from '../model/index.ts';
import { digestOf, objectName, OBJECTS, SHARDS } from './object-name.ts';
import { removeForgotten } from './work-files.ts';

/** Files whose size and time are asked for at once while listing: more do not make a disk faster. */
const STATS_AT_ONCE = 64;

/**
 * A store in a folder, made where there is none: `objects/ab/cdef…` and `work/` beside it on the same file system, so that a
 * finished file becomes an object by a rename. Several processes may use one folder.
 *
 * @throws StoreError `disk-full`, `unavailable`
 */
export async function openFolderStore(directory: string): Promise<ContentStore> {
  const root = resolve(directory);
  const work = join(root, 'work');
  const objects = join(root, OBJECTS);
  await told(root, async () => {
    await mkdir(work, { recursive: true, mode: 0o700 });
    await mkdir(objects, { recursive: true });
    const present = new Set(await readdir(objects));
    const missing = SHARDS.filter((shard) => !present.has(shard));
    await Promise.all(missing.map((shard) => mkdir(join(objects, shard), { recursive: true })));
    await syncFolder(objects);
    await syncFolder(root);
    await removeForgotten(work);
  });
  const pathOf = (sha256: string): string => join(root, objectName(sha256));
  const has = (sha256: string): Promise<number | null> => told(root, () => sizeOf(pathOf(sha256)));

  return {
    description: `folder ${root}`,
    workDirectory: work,
    localPath: pathOf,
    has,
    adopt: (sha256, localPath) =>
      told(root, async () => {
        if ((await has(sha256)) === null) await moveIn(localPath, pathOf(sha256), work);
        else await rm(localPath, { force: true });
      }),
    read: (sha256, range) =>
      told(root, async () => {
        const file = await open(pathOf(sha256)).catch((error: unknown) => {
          if (!isAbsent(error)) throw error;
          throw new StoreError('missing', `the store has no object ${sha256}`, { cause: error });
        });
        return file.createReadStream(range === undefined ? {} : { start: range.first, end: range.last });
      }),
    remove: (sha256) => told(root, () => rm(pathOf(sha256), { force: true })),
    list: () => list(objects),
    space: () =>
      told(root, async () => {
        const { bavail, blocks, bsize } = await statfs(root);
        return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
      }),
  };
}

/** The file's bytes are on the disk before its name is, and its name before anybody is told. */
async function moveIn(localPath: string, target: string, work: string): Promise<void> {
  let source = localPath;
  let file = await open(source, 'r+');
  try {
    const shard = await stat(join(target, '..'));
    if ((await file.stat()).dev !== shard.dev) {
      await file.close();
      source = join(work, `copy-${randomUUID()}`);
      await copyFile(localPath, source);
      file = await open(source, 'r+');
    }
    const now = new Date();
    await file.utimes(now, now);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(source, target);
  await syncFolder(join(target, '..'));
  if (source !== localPath) await rm(localPath, { force: true });
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const status = await stat(path);
    return status.isFile() ? status.size : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

type Listed = AsyncGenerator<{ readonly sha256: string; readonly sizeBytes: number; readonly storedAt: Date }>;

async function* list(objects: string): Listed {
  for (const shard of SHARDS) {
    const folder = join(objects, shard);
    let names: string[] = [];
    for await (const entry of await opendir(folder, { bufferSize: STATS_AT_ONCE })) {
      if (!entry.isFile() || digestOf(shard, entry.name) === null) continue;
      names.push(entry.name);
      if (names.length < STATS_AT_ONCE) continue;
      yield* listed(folder, shard, names);
      names = [];
    }
    yield* listed(folder, shard, names);
  }
}

async function* listed(folder: string, shard: string, names: readonly string[]): Listed {
  // One that was removed meanwhile is not there any more, which is no error.
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  for (const [index, name] of names.entries()) {
    const status = found[index] ?? null;
    if (status !== null) yield { sha256: shard + name, sizeBytes: status.size, storedAt: status.mtime };
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What the file system says, as an error of the store. */
async function told<Result>(root: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
    if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
      throw new StoreError('disk-full', `the disk of ${root} is full: make room, or move the content store`, {
        cause: error,
      });
    throw new StoreError('unavailable', `${root} can't be used: ${error.message}`, { cause: error });
  }
}
