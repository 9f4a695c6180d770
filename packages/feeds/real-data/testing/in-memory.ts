import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { FeedDocument, FeedEntry, FeedItem, FeedRequest } from '@thimble/advisories';
import { feedOf, NOW } from './real-data.ts';

type Asked = Pick<FeedRequest, 'role' | 'path'> & { readonly note?: string };

/** A file's content, unpacked as its name says: what is looked at here is the content, not the packing. */
export function unpacked(file: string, bytes: Uint8Array = readFileSync(file)): Uint8Array {
  if (file.endsWith('.gz')) return gunzipSync(bytes);
  if (file.endsWith('.zst')) return zstdDecompressSync(bytes);
  if (file.endsWith('.bz2')) return execFileSync('bzip2', ['-dc'], { input: bytes, stdio: ['pipe', 'pipe', 'ignore'] });
  if (file.endsWith('.xz')) return execFileSync('xz', ['-dc'], { input: bytes, stdio: ['pipe', 'pipe', 'ignore'] });
  return bytes;
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
