import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from './byte-range.ts';
import type { Outlet } from './outlet.ts';

/** Clients that take a piece slowly get small ones, so that a crowd of them holds little memory. */
const SMALLEST_PIECE = 64 * 1024;
const LARGEST_PIECE = 512 * 1024;
/** A piece that was taken in this time was taken at once. */
const QUICK_MS = 20;

/**
 * Sends a part of an open file: one piece is read while another one is written, in two pieces of memory for the whole transfer.
 *
 * @throws when the file is shorter than the range: it was changed behind our back
 */
export async function sendFile(file: FileHandle, { first, last }: ByteRange, outlet: Outlet): Promise<void> {
  let size = SMALLEST_PIECE;
  let position = first;
  const buffers = [Buffer.alloc(0), Buffer.alloc(0)];
  const read = async (turn: number): Promise<Buffer> => {
    const wanted = Math.min(size, last - position + 1);
    if (wanted === 0) return Buffer.alloc(0);
    let buffer = buffers[turn] ?? Buffer.alloc(0);
    if (buffer.length < wanted) buffers[turn] = buffer = Buffer.allocUnsafeSlow(Math.max(size, wanted));
    const { bytesRead } = await file.read(buffer, 0, wanted, position);
    if (bytesRead === 0) throw new Error(`the file ends at ${position}, not at ${last + 1}`);
    position += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  let piece = await read(0);
  for (let turn = 1; piece.length > 0; turn = 1 - turn) {
    const startedMs = performance.now();
    const [next, sent] = await Promise.all([read(turn), outlet.write(piece)]);
    if (!sent) return;
    const quick = performance.now() - startedMs < QUICK_MS;
    size = quick ? Math.min(size * 2, LARGEST_PIECE) : Math.max(size / 2, SMALLEST_PIECE);
    piece = next;
  }
}

/**
 * Sends a stream of known length as it arrives.
 *
 * @param begin called when there is a first piece: until then a fault can still be answered as one
 * @throws what the stream throws; also when it has more or fewer bytes
 */
export async function sendStream(
  pieces: AsyncIterable<Uint8Array>,
  lengthBytes: number,
  outlet: Outlet,
  begin: () => void,
): Promise<void> {
  let left = lengthBytes;
  for await (const piece of pieces) {
    if (left === lengthBytes) begin();
    left -= piece.length;
    if (left < 0) throw new Error(`${-left} bytes more than the ${lengthBytes} that were announced`);
    if (!(await outlet.write(piece))) return;
  }
  if (left > 0) throw new Error(`${left} bytes of ${lengthBytes} are missing`);
  if (lengthBytes === 0) begin();
}
