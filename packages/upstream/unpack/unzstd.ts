import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { CHUNK_BYTES } from './limits.ts';

/** Frames of one file: programs that pack in parallel make one for each some megabytes. */
const FRAMES_LIMIT = 10_000;

/**
 * The content of a zstd file, of all its frames (RFC 8878 section 3.1). Node's decoder ends after the first one, without a word
 * about what follows.
 */
export async function* unzstd(path: string, packedBytes: number): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let count = 0; start < packedBytes; count += 1) {
    if (count >= FRAMES_LIMIT) throw new Error(`it has more than ${FRAMES_LIMIT} frames`);
    const decoder = createZstdDecompress({ chunkSize: CHUNK_BYTES });
    // Errors of the file destroy the decoder with the same error: the loop below sees it.
    pipeline(createReadStream(path, { start, highWaterMark: CHUNK_BYTES }), decoder, () => undefined);
    yield* decoder;
    if (decoder.bytesWritten === 0) throw new Error('it does not go on');
    start += decoder.bytesWritten;
  }
}
