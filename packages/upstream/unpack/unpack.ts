import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UpstreamError } from '../upstream-error.ts';
import type { UnpackLimits } from './archive-entry.ts';
import { bunzip2 } from './bunzip2.ts';
import { asUpstreamError, createGuard } from './guard.ts';
import { CHUNK_BYTES } from './limits.ts';
import { unxz } from './unxz.ts';
import { unzstd } from './unzstd.ts';

export type StreamPacking = 'plain' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

/**
 * A packed file's content in pieces, in bounded memory.
 *
 * @throws UpstreamError `malformed` when it is damaged or cut off, `too-large` beyond the limits
 */
export async function* unpack(
  path: string,
  packing: StreamPacking,
  { name, limitBytes }: UnpackLimits,
): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path);
  if (size === 0 && packing !== 'plain') throw new UpstreamError('malformed', `${name} is empty`);
  const guard = createGuard(name, size, limitBytes);
  try {
    for await (const chunk of open(path, packing, size)) {
      guard.count(chunk.byteLength);
      yield chunk;
    }
  } catch (error) {
    throw asUpstreamError(name, error);
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
