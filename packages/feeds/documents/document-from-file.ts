import type { FeedDocument, FeedEntry, FeedRequest } from '@thimble/advisories';
import { tarEntries } from './tar-entries.ts';
import { unpack } from './unpack.ts';
import { zipEntries } from './zip-entries.ts';

/**
 * A file on disk as the document that a feed reads: unpacked as the request says, within `limitBytes`, in bounded memory.
 * It can be read more than once. Reading throws a FeedError `malformed` where the file is damaged or cut off,
 * `too-large` beyond the limits, `unsupported` for packing that isn't understood.
 *
 * @param packing other than the request's when the transfer was packed, too
 */
export function documentFromFile(path: string, request: FeedRequest, packing = request.packing): FeedDocument {
  const pieces = () => chunks(path, request, packing);
  return {
    request,
    chunks: pieces,
    bytes: async () => {
      const all: Uint8Array[] = [];
      for await (const piece of pieces()) all.push(piece);
      return Buffer.concat(all);
    },
    entries: () => entries(path, request),
  };
}

function chunks(path: string, request: FeedRequest, packing: FeedRequest['packing']): AsyncIterable<Uint8Array> {
  switch (packing) {
    case 'plain':
    case 'gzip':
    case 'bzip2':
    case 'xz':
    case 'zstd':
      return unpack(path, packing, request);
    case 'zip':
    case 'tar.gz':
    case 'tar.bz2':
    case 'tar.xz':
    case 'tar.zst':
      throw new TypeError(`${request.role} is an archive: its content is read by entries()`);
  }
}

function entries(path: string, request: FeedRequest): AsyncIterable<FeedEntry> {
  switch (request.packing) {
    case 'zip':
      return zipEntries(path, request);
    case 'tar.gz':
    case 'tar.bz2':
    case 'tar.xz':
    case 'tar.zst':
      return tarEntries(path, request.packing, request);
    case 'plain':
    case 'gzip':
    case 'bzip2':
    case 'xz':
    case 'zstd':
      throw new TypeError(`${request.role} is no archive: its content is read by chunks() or bytes()`);
  }
}
