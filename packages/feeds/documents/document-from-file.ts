import type { FeedDocument, FeedEntry, FeedRequest } from '@thimble/advisories';
import { tarEntries } from './tar-entries.ts';
import { unpack } from './unpack.ts';
import { zipEntries } from './zip-entries.ts';

/**
 * A file on disk as the document that a feed reads: unpacked as the request says, within `limitBytes`, in bounded memory.
 * It can be read more than once. Reading throws a FeedError `malformed` where the file is damaged or cut off,
 * `too-large` beyond the limits, `unsupported` for packing that isn't understood.
 */
export function documentFromFile(path: string, request: FeedRequest): FeedDocument {
  return {
    request,
    chunks: () => chunks(path, request),
    bytes: async () => {
      const pieces: Uint8Array[] = [];
      for await (const piece of chunks(path, request)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    entries: () => entries(path, request),
  };
}

function chunks(path: string, request: FeedRequest): AsyncIterable<Uint8Array> {
  const { packing } = request;
  if (packing === 'zip' || packing === 'tar.gz')
    throw new TypeError(`${request.role} is an archive: its content is read by entries()`);
  return unpack(path, packing, request);
}

function entries(path: string, request: FeedRequest): AsyncIterable<FeedEntry> {
  if (request.packing === 'zip') return zipEntries(path, request);
  if (request.packing === 'tar.gz') return tarEntries(path, request);
  throw new TypeError(`${request.role} is no archive: its content is read by chunks() or bytes()`);
}
