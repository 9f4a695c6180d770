import type { Readable } from 'node:stream';

/** All bytes of a stream of known length. @throws when it has another length, and what the stream throws */
export async function readWhole(stream: Readable, lengthBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > lengthBytes) break;
    pieces.push(piece);
  }
  if (size !== lengthBytes) throw new Error(`the file has other than ${lengthBytes} bytes`);
  return Buffer.concat(pieces, size);
}
