import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRunningDigest, type RunningDigest } from './running-digest.ts';
import { FREE, isAbandoned } from './work-owner.ts';

/** From where a partial file's bytes came, so that the rest is asked of the same state. */
export interface Validator {
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** A file that is being fetched. A resource: release or remove it. */
export interface PartialFile {
  readonly path: string;
  /** Also for reading, while it grows and after it was stored. */
  readonly handle: FileHandle;
  readonly digest: RunningDigest;
  readonly size: () => number;
  readonly append: (chunk: Uint8Array) => Promise<void>;
  /** Throws its bytes away. */
  readonly restart: () => Promise<void>;
  readonly validator: () => Validator | null;
  readonly remember: (validator: Validator) => Promise<void>;
  /** Leaves it for whoever wants it next. The handle stays open. */
  readonly release: () => Promise<void>;
  /** After it was stored elsewhere, or when it is worth nothing. The handle stays open. */
  readonly forget: () => Promise<void>;
}

const PART = '.part';
const ORIGIN = '.from';

/** The largest partial file of this name that nobody works on, or a new one. What it has is hashed again. */
export async function openPartial(directory: string, key: string, owner: string, limit: number): Promise<PartialFile> {
  const base = join(directory, `${key}.${owner}`);
  const path = base + PART;
  await takeOver(directory, key, base);
  const handle = await open(path, 'a+', 0o600);
  const digest = createRunningDigest(key.startsWith('sha512'));
  let size = (await handle.stat()).size;
  if (size > limit) {
    await handle.truncate(0);
    size = 0;
  }
  if (size > 0) for await (const chunk of createReadStream(path, { end: size - 1 })) digest.update(chunk as Buffer);
  let validator = size > 0 ? await readValidator(base + ORIGIN) : null;

  return {
    path,
    handle,
    digest,
    size: () => size,
    append: async (chunk) => {
      // Appending: the kernel knows the end, whatever was cut off before.
      for (let written = 0; written < chunk.length;)
        written += (await handle.write(chunk, written, chunk.length - written)).bytesWritten;
      digest.update(chunk);
      size += chunk.length;
    },
    restart: async () => {
      digest.restart();
      size = 0;
      validator = null;
      await handle.truncate(0);
    },
    validator: () => validator,
    remember: async (from) => {
      validator = from;
      await writeFile(base + ORIGIN, JSON.stringify(from));
    },
    release: async () => {
      if (size === 0) await remove(base);
      else await move(base, join(directory, `${key}.${FREE}`));
    },
    forget: () => remove(base),
  };
}

async function remove(base: string): Promise<void> {
  await rm(base + PART, { force: true });
  await rm(base + ORIGIN, { force: true });
}

async function takeOver(directory: string, key: string, base: string): Promise<void> {
  const found: { readonly base: string; readonly size: number }[] = [];
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${key}.`) || !name.endsWith(PART)) continue;
    const status = await stat(join(directory, name)).catch(() => null);
    if (status === null) continue;
    const owner = name.slice(key.length + 1, -PART.length);
    if (!isAbandoned(owner, Date.now() - status.mtimeMs)) continue;
    found.push({ base: join(directory, name.slice(0, -PART.length)), size: status.size });
  }
  // Renaming is what makes it ours: somebody else's comes too late.
  for (const each of found.sort((a, b) => b.size - a.size)) if (await move(each.base, base)) return;
}

async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from + PART, to + PART);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  await rename(from + ORIGIN, to + ORIGIN).catch(() => undefined);
  return true;
}

async function readValidator(path: string): Promise<Validator | null> {
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof found !== 'object' || found === null || !('url' in found) || typeof found.url !== 'string') return null;
    const textOf = (name: 'etag' | 'lastModified'): string | null => {
      const value: unknown = name in found ? Reflect.get(found, name) : null;
      return typeof value === 'string' ? value : null;
    };
    return { url: found.url, etag: textOf('etag'), lastModified: textOf('lastModified') };
  } catch {
    // Only a hint: without it the digest alone decides.
    return null;
  }
}
