import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type ContentStore, StoreError } from '../model/index.ts';
import type { ByteRange } from './byte-range.ts';
import { HotBytes } from './hot-bytes.ts';
import { readWhole } from './read-whole.ts';
import type { ServableFile } from './servable-file.ts';
import { createPieceReader, type StoredPieces } from './stored-pieces.ts';

/** The bytes of an answer, and where they come from. Whoever gets one ends it: pieces are closed, a stream is destroyed. */
export type Body = {
  readonly sha256: string | null;
  /** It was there, or already on its way for somebody else. */
  readonly hit: boolean;
} & (
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'pieces'; readonly pieces: StoredPieces }
  | { readonly kind: 'stream'; readonly stream: Readable }
);

/** Files up to here are kept in memory: most packages and all signed top-level metadata. */
const HOT_FILE_LIMIT = 256 * 1024;

/** @returns finds a body in memory, in the store, or upstream. @throws ContentFault, StoreError */
export function createBodySource(
  store: Pick<ContentStore, 'read' | 'localPath'>,
  hotBytes: number,
): (file: ServableFile, range: ByteRange) => Promise<Body> {
  const hot = new HotBytes(hotBytes);
  const piecesOf = createPieceReader(hot);
  const find = (sha256: string, sizeBytes: number, range: ByteRange | null): Promise<Found | null> => {
    const path = store.localPath(sha256);
    return path === null ? openRemote(store, sha256, range) : openLocal(path, sizeBytes);
  };
  const stored = async (sha256: string, sizeBytes: number, range: ByteRange): Promise<Body | null> => {
    if (sizeBytes <= HOT_FILE_LIMIT) {
      const bytes = hot.get(sha256) ?? (await small(sha256, sizeBytes));
      return bytes === null ? null : { kind: 'bytes', bytes: cut(bytes, range), sha256, hit: true };
    }
    const found = await find(sha256, sizeBytes, range);
    if (found === null) return null;
    if (found.kind === 'stream') return { ...found, sha256, hit: true };
    return { kind: 'pieces', pieces: piecesOf(found.file, sha256, sizeBytes), sha256, hit: true };
  };
  const small = async (sha256: string, sizeBytes: number): Promise<Buffer | null> => {
    const found = await find(sha256, sizeBytes, null);
    if (found === null) return null;
    const bytes = await readSmall(found, sizeBytes);
    hot.keep(sha256, bytes);
    return bytes;
  };
  return async (file, range) => {
    const here = file.sha256 === null ? null : await stored(file.sha256, file.sizeBytes, range);
    if (here !== null) return here;
    if (file.acquire === null) throw missing(file.sha256);
    const acquisition = await file.acquire();
    if (acquisition.origin === 'stored') {
      const { sha256 } = await acquisition.done;
      const body = await stored(sha256, file.sizeBytes, range);
      if (body === null) throw missing(sha256);
      return body;
    }
    // The stream says what went wrong; nobody else waits here.
    acquisition.done.catch(() => undefined);
    const whole = range.first === 0 && range.last === file.sizeBytes - 1;
    return {
      kind: 'stream',
      stream: whole ? acquisition.stream() : acquisition.stream(range),
      sha256: file.sha256,
      hit: acquisition.origin === 'following',
    };
  };
}

type Found =
  | { readonly kind: 'file'; readonly file: FileHandle }
  | { readonly kind: 'stream'; readonly stream: Readable };

/** null: it is not there. */
async function openLocal(path: string, sizeBytes: number): Promise<Found | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { size } = await file.stat();
    if (size === sizeBytes) return { kind: 'file', file };
    throw new StoreError('damaged', `${path} has ${size} bytes, not ${sizeBytes}`);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openRemote(
  store: Pick<ContentStore, 'read'>,
  sha256: string,
  range: ByteRange | null,
): Promise<Found | null> {
  try {
    return { kind: 'stream', stream: await (range === null ? store.read(sha256) : store.read(sha256, range)) };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing') return null;
    throw error;
  }
}

async function readSmall(found: Found, sizeBytes: number): Promise<Buffer> {
  if (found.kind === 'stream') return readWhole(found.stream, sizeBytes);
  const { file } = found;
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function cut(bytes: Buffer, { first, last }: ByteRange): Buffer {
  return last - first + 1 === bytes.length ? bytes : bytes.subarray(first, last + 1);
}

function missing(sha256: string | null): StoreError {
  return new StoreError('missing', `${sha256 ?? 'a file'} is not in the store, and there is nowhere to get it from`);
}
