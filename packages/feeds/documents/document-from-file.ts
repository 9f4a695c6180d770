import type { FeedDocument, FeedEntry, FeedRequest } from '@thimble/advisories';
import { type ArchiveEntry, tarEntries, unpack, zipEntries } from '@thimble/upstream';
import { asFeedError } from '../upstream-fault.ts';

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
      return faultsOfFeed(unpack(path, packing, limitsOf(request)));
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
      return feedEntries(zipEntries(path, limitsOf(request)));
    case 'tar.gz':
    case 'tar.bz2':
    case 'tar.xz':
    case 'tar.zst':
      return feedEntries(tarEntries(path, request.packing, limitsOf(request)));
    case 'plain':
    case 'gzip':
    case 'bzip2':
    case 'xz':
    case 'zstd':
      throw new TypeError(`${request.role} is no archive: its content is read by chunks() or bytes()`);
  }
}

function limitsOf({ path, limitBytes }: FeedRequest) {
  return { name: path, limitBytes };
}

async function* feedEntries(archive: AsyncIterable<ArchiveEntry>): AsyncGenerator<FeedEntry> {
  for await (const { name, sizeBytes, bytes } of faultsOfFeed(archive))
    yield {
      name,
      sizeBytes,
      bytes: async () => {
        try {
          return await bytes();
        } catch (error) {
          throw asFeedError(error);
        }
      },
    };
}

async function* faultsOfFeed<Piece>(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  try {
    yield* pieces;
  } catch (error) {
    throw asFeedError(error);
  }
}
