import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import xz from 'xz-decompress';
import { CHUNK_BYTES } from './limits.ts';

/** The content of an xz file. Its decoder's memory is that of the dictionary, which it bounds itself. */
export async function* unxz(path: string): AsyncGenerator<Uint8Array> {
  const file = Readable.toWeb(createReadStream(path, { highWaterMark: CHUNK_BYTES }));
  for await (const chunk of new xz.XzReadableStream(file)) yield chunk;
}
