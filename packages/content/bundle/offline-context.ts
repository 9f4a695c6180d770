import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { keepBytes } from '../acquire/keep-bytes.ts';
import { readUnpacked } from '../acquire/read-unpacked.ts';
import {
  ContentFault,
  type ContentStore,
  type FreezeContext,
  type StoredFile,
  type TrustAnchor,
} from '../model/index.ts';

export interface OfflineContextSettings {
  readonly store: ContentStore;
  /** What the bundle has of the repository's metadata, by the paths that upstream has it under. */
  readonly metadata: readonly StoredFile[];
  readonly anchors: readonly TrustAnchor[];
  /** The time by which signatures and dates are judged: when it was frozen there. */
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * What a format freezes a repository with whose upstream can't be asked: all that it gets is what a bundle brought into the store. A
 * bundle says only which bytes upstream had under which path; whether they count is for the format to find out, as ever.
 */
export function createOfflineContext({ store, metadata, anchors, now, signal }: OfflineContextSettings): FreezeContext {
  const byPath = new Map(metadata.map((file) => [file.path, file]));
  const byDigest = new Map(metadata.map((file) => [file.sha256, file]));
  const stored = async (
    path: string,
    file: StoredFile | undefined,
    sizeBytes = file?.sizeBytes,
  ): Promise<StoredFile> => {
    signal.throwIfAborted();
    const size = file === undefined ? null : await store.has(file.sha256);
    if (file === undefined || size === null) throw notInBundle(path);
    if (size !== sizeBytes)
      throw new ContentFault(
        size < (sizeBytes ?? 0) ? 'truncated' : 'too-large',
        `${path} has ${size} bytes in the bundle, ${sizeBytes} are stated`,
        { path },
      );
    return { path, sha256: file.sha256, sizeBytes: size };
  };
  return {
    now,
    anchors,
    previous: null,
    signal,
    fetchUnverified: async (path, { limitBytes }) => {
      const file = byPath.get(path);
      if (file === undefined) return null;
      const { sha256, sizeBytes } = await stored(path, file);
      if (sizeBytes > limitBytes)
        throw new ContentFault('too-large', `${path} has ${sizeBytes} bytes, ${limitBytes} are read of it`, { path });
      return buffer(await store.read(sha256));
    },
    fetch: async ({ path, check }) => {
      if (check.kind === 'sha256') return stored(path, byDigest.get(check.sha256), check.sizeBytes);
      if (check.kind === 'apk') throw notInBundle(path);
      const file = await stored(path, byPath.get(path), check.sizeBytes);
      const hash = createHash('sha512');
      for await (const chunk of await store.read(file.sha256)) hash.update(chunk as Uint8Array);
      if (hash.digest('hex') === check.sha512) return file;
      throw new ContentFault('wrong-digest', `${path} has other bytes in the bundle than signed metadata says`, {
        path,
      });
    },
    fetchOfUnknownSize: async ({ path, sha256 }, { limitBytes }) => {
      const file = await stored(path, byDigest.get(sha256));
      if (file.sizeBytes <= limitBytes) return file;
      throw new ContentFault('too-large', `${path} has ${file.sizeBytes} bytes, ${limitBytes} are allowed`, { path });
    },
    // Nobody is asked.
    addMirrors: () => undefined,
    keep: (path, bytes) => keepBytes(store, path, bytes),
    read: (file, packing, limits) => readUnpacked(store, file, packing, limits),
    progress: () => undefined,
  };
}

function notInBundle(path: string): ContentFault {
  return new ContentFault('missing', `the bundle has no ${path}, which signed metadata needs`, { path });
}
