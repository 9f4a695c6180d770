import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FeedError, type ArchivePacking, type FeedRequest } from '@thimble/advisories';
import { asFeedError, createGuard } from './guard.ts';
import { bunzip2 } from './bunzip2.ts';
import { CHUNK_BYTES } from './limits.ts';
import { unxz } from './unxz.ts';
import { unzstd } from './unzstd.ts';

export type StreamPacking = Exclude<FeedRequest['packing'], ArchivePacking>;

/**
 * A packed file's content in pieces, in bounded memory.
 *
 * @throws FeedError `malformed` when it is damaged or cut off, `too-large` beyond the limits
 */
export async function* unpack(
  path: string,
  packing: StreamPacking,
  request: Pick<FeedRequest, 'path' | 'limitBytes'>,
): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path);
  if (size === 0 && packing !== 'plain') throw new FeedError('malformed', `${request.path} is empty`);
  const guard = createGuard(request.path, size, request.limitBytes);
  try {
    for await (const chunk of open(path, packing, size)) {
      guard.count(chunk.byteLength);
      yield chunk;
    }
  } catch (error) {
    throw asFeedError(request.path, error);
  }
}

function open(
  path: string,
  packing: StreamPacking,
  packedBytes: number,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  const file = (): Readable => createReadStream(path, { highWaterMark: CHUNK_BYTES });
  switch (packing) {
    case 'plain':
      return file();
    case 'gzip':
      return through(file(), createGunzip({ chunkSize: CHUNK_BYTES }));
    case 'zstd':
      return unzstd(path, packedBytes);
    case 'bzip2':
      return bunzip2(path);
    case 'xz':
      return unxz(path);
  }
}

function through(file: Readable, decoder: Transform): AsyncIterable<Uint8Array> {
  // Errors of the file destroy the decoder with the same error: whoever reads sees it there.
  pipeline(file, decoder, () => undefined);
  return decoder;
}
