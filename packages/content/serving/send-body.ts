import type { ByteRange } from './byte-range.ts';
import type { Outlet } from './outlet.ts';
import type { StoredPieces } from './stored-pieces.ts';

/** Sends a part of a stored file: one piece is read while another one is written. */
export async function sendPieces(pieces: StoredPieces, { first, last }: ByteRange, outlet: Outlet): Promise<void> {
  let position = first;
  let piece = await pieces.read(position);
  while (position <= last) {
    const sending = piece.subarray(0, last + 1 - position);
    position += sending.length;
    const [next, sent] = await Promise.all([position > last ? piece : pieces.read(position), outlet.write(sending)]);
    if (!sent) return;
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
