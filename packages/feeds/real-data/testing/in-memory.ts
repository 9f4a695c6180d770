import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FeedDocument, FeedEntry, FeedItem, FeedRequest } from '@thimble/advisories';
import { documentFromFile } from '../../documents/index.ts';
import { feedOf, NOW } from './real-data.ts';

type Asked = Pick<FeedRequest, 'role' | 'path'> & { readonly note?: string };

/** A file's content, gzip undone where its name says so. */
export function unpacked(file: string): Uint8Array {
  const bytes = readFileSync(file);
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

const PACKINGS: ReadonlyMap<string, FeedRequest['packing']> = new Map([
  ['.gz', 'gzip'],
  ['.bz2', 'bzip2'],
  ['.xz', 'xz'],
  ['.zst', 'zstd'],
]);

/** A sample's content, unpacked as its name says, by what unpacks real transfers. */
export async function unpackedSample(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  const packing = PACKINGS.get(extname(name));
  if (packing === undefined) return bytes;
  const folder = await mkdtemp(join(tmpdir(), 'thimble-sample-'));
  try {
    const file = join(folder, 'packed');
    await writeFile(file, bytes);
    return await documentFromFile(file, { role: 'sample', path: name, packing, limitBytes: 100_000_000 }).bytes();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Everything that a feed reads out of these bytes, given as the named document. */
export function itemsOfBytes(feed: string, bytes: Uint8Array, asked: Asked): AsyncIterable<FeedItem> {
  return read(feed, { ...asked, packing: 'plain' }, bytes, []);
}

/** Everything that a feed reads out of an archive of these files. */
export function itemsOfEntries(
  feed: string,
  entries: Iterable<{ readonly name: string; readonly bytes: Uint8Array }>,
  asked: Asked,
): AsyncIterable<FeedItem> {
  return read(feed, { ...asked, packing: 'tar.gz' }, new Uint8Array(), entries);
}

function read(
  feed: string,
  request: Omit<FeedRequest, 'limitBytes'>,
  bytes: Uint8Array,
  entries: Iterable<{ readonly name: string; readonly bytes: Uint8Array }>,
): AsyncIterable<FeedItem> {
  const document: FeedDocument = {
    request: { ...request, limitBytes: 2_000_000_000 },
    bytes: () => Promise.resolve(bytes),
    async *chunks() {
      for (let at = 0; at < bytes.byteLength; at += 65_536) yield bytes.subarray(at, at + 65_536);
    },
    async *entries(): AsyncGenerator<FeedEntry> {
      for (const { name, bytes: content } of entries)
        yield { name, sizeBytes: content.byteLength, bytes: () => Promise.resolve(content) };
    },
  };
  return feedOf(feed).read(document, { watermark: null, now: NOW, namespaces: null });
}
