import type { FileHandle } from 'node:fs/promises';
import type { HotBytes } from './hot-bytes.ts';

/** Large enough that a piece costs little beside its bytes, and small enough that a thousand slow clients hold little memory. */
const PIECE = 128 * 1024;
/** Files that were asked for lately. */
const REMEMBERED = 1000;

/** Pieces of a large file that is open. */
export interface StoredPieces {
  /** The bytes from this position to the end of its piece, or sooner. @throws when the file ends before */
  read(position: number): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Gives files that are asked for a second time to all who ask out of the same memory. A file that only one client wants passes
 * through without pushing out what many want.
 */
export function createPieceReader(
  hot: HotBytes,
): (file: FileHandle, sha256: string, sizeBytes: number) => StoredPieces {
  const recent = new Set<string>();
  const isWantedAgain = (sha256: string): boolean => {
    const again = recent.delete(sha256);
    recent.add(sha256);
    if (recent.size > REMEMBERED) for (const oldest of recent) return recent.delete(oldest) && again;
    return again;
  };
  return (file, sha256, sizeBytes) => {
    const keep = isWantedAgain(sha256);
    const piece = (start: number): Promise<Buffer> | Buffer => {
      const key = `${sha256}/${start}`;
      return hot.get(key) ?? hot.load(key, () => readPiece(file, start, Math.min(PIECE, sizeBytes - start)), keep);
    };
    return {
      read: async (position) => {
        const start = position - (position % PIECE);
        return (await piece(start)).subarray(position - start);
      },
      close: () => file.close(),
    };
  };
}

async function readPiece(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, start + filled);
    if (bytesRead === 0) throw new Error(`the file ends at ${start + filled}, where more was stored`);
    filled += bytesRead;
  }
  return buffer;
}
