import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ContentBundleError } from './bundle-error.ts';
import type { BundledObject } from './manifest.ts';

/** Of the signed manifest: half a million lines of objects and the keys of 200 repositories. */
const MANIFEST_LIMIT_BYTES = 128 * 1024 * 1024;
const MANIFEST_NAME = 'manifest.json';
export const ADVISORIES_NAME = 'advisories.bundle';

/**
 * A bundle as a set of files: `manifest.json`, `objects/ab/cdef…` and `advisories.bundle`. A file has its name only when it is whole,
 * so that copying and writing can be begun again at any time and only what is missing is fetched.
 */
export interface BundleFolder {
  readonly directory: string;
  /** What is in manifest.json, not checked; null: there is none. @throws ContentBundleError `not-a-bundle` */
  manifest(): Promise<unknown>;
  writeManifest(document: unknown): Promise<void>;
  /** Whether it is there with its size. Whether its bytes are right is for `digest` to say. */
  has(object: BundledObject): Promise<boolean>;
  read(object: BundledObject): Readable;
  /** SHA-256 of what is there under the name. */
  digest(object: BundledObject): Promise<string>;
  /** @throws ContentBundleError `bundle-damaged` when the bytes are others; nothing is left behind then */
  write(object: BundledObject, source: AsyncIterable<Uint8Array>): Promise<void>;
  remove(object: BundledObject): Promise<void>;
}

export function openBundleFolder(directory: string): BundleFolder {
  const pathOf = ({ sha256 }: BundledObject): string => join(directory, 'objects', sha256.slice(0, 2), sha256.slice(2));
  return {
    directory,
    manifest: () => readManifest(join(directory, MANIFEST_NAME)),
    writeManifest: async (document) => {
      await mkdir(directory, { recursive: true });
      const text = `${JSON.stringify(document)}\n`;
      await writeWhole(join(directory, MANIFEST_NAME), [Buffer.from(text)], () => undefined);
    },
    has: async (object) => (await sizeOf(pathOf(object))) === object.sizeBytes,
    read: (object) => createReadStream(pathOf(object), { highWaterMark: 1024 * 1024 }),
    digest: async (object) => {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(pathOf(object), { highWaterMark: 1024 * 1024 })) hash.update(chunk);
      return hash.digest('hex');
    },
    write: async (object, source) => {
      await mkdir(join(directory, 'objects', object.sha256.slice(0, 2)), { recursive: true });
      const hash = createHash('sha256');
      let bytes = 0;
      await writeWhole(pathOf(object), counted(), () => {
        if (bytes !== object.sizeBytes || hash.digest('hex') !== object.sha256) throw damaged(object);
      });
      async function* counted(): AsyncGenerator<Uint8Array> {
        for await (const chunk of source) {
          bytes += chunk.byteLength;
          if (bytes > object.sizeBytes) throw damaged(object);
          hash.update(chunk);
          yield chunk;
        }
      }
    },
    remove: (object) => rm(pathOf(object), { force: true }),
  };
}

async function readManifest(path: string): Promise<unknown> {
  const size = await sizeOf(path);
  if (size === null) return null;
  if (size > MANIFEST_LIMIT_BYTES) throw notABundle(`its manifest has ${size} bytes`);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    if (cause instanceof SyntaxError) throw notABundle('its manifest.json is no JSON', cause);
    throw cause;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function writeWhole(
  path: string,
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  check: () => void,
): Promise<void> {
  const partial = `${path}.partial`;
  // A medium that others had in hand may have a link there.
  await rm(partial, { force: true });
  const file = await open(partial, 'wx', 0o644);
  try {
    for await (const chunk of source) await file.write(chunk);
    check();
    await file.sync();
    await file.close();
    await rename(partial, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

function damaged({ sha256 }: BundledObject): ContentBundleError {
  return new ContentBundleError(
    'bundle-damaged',
    `the bytes of ${sha256} are others than the manifest says`,
    'Run the same command again: only what is missing is fetched anew.',
  );
}

function notABundle(message: string, cause?: unknown): ContentBundleError {
  return new ContentBundleError('not-a-bundle', message, 'Name the folder that thimble content export wrote.', {
    cause,
  });
}
