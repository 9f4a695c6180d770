import { ContentFault, type FreezeContext, type Packing, type StoredFile } from '../../model/index.ts';

const BY_EXTENSION: ReadonlyMap<string, Packing> = new Map([
  ['gz', 'gzip'],
  ['xz', 'xz'],
  ['zst', 'zstd'],
  ['bz2', 'bzip2'],
  ['xml', 'plain'],
]);

/** First bytes: RFC 1952 2.3.1, the .xz format 2.1.1.1, RFC 8878 3.1.1, bzip2's `BZh`. */
const MAGIC: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];
const MAGIC_BYTES = 6;

/**
 * How a metadata file is packed: its name says it, and its first bytes must agree, since clients go by either.
 *
 * @throws ContentFault `malformed` when they differ, `unsupported` for other names
 */
export async function packingOf(file: StoredFile, context: Pick<FreezeContext, 'read'>): Promise<Packing> {
  const named = BY_EXTENSION.get(file.path.slice(file.path.lastIndexOf('.') + 1).toLowerCase());
  if (named === undefined)
    throw new ContentFault('unsupported', `${file.path} is packed in a way that is not known`, { path: file.path });
  const start = await firstBytes(file, context);
  const found = MAGIC.find(([, magic]) => magic.every((byte, at) => start[at] === byte))?.[0] ?? 'plain';
  if (found !== named)
    throw new ContentFault('malformed', `${file.path} is ${found} by its content, but ${named} by its name`, {
      path: file.path,
    });
  return found;
}

async function firstBytes(file: StoredFile, context: Pick<FreezeContext, 'read'>): Promise<Uint8Array> {
  let start = new Uint8Array();
  for await (const chunk of context.read(file, 'plain', { limitBytes: file.sizeBytes })) {
    start = Buffer.concat([start, chunk.subarray(0, MAGIC_BYTES)]);
    if (start.length >= MAGIC_BYTES) break;
  }
  return start;
}
