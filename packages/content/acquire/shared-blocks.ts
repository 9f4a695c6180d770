import type { FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, SHARED_BLOCKS } from './limits.ts';

/**
 * Reads of one growing file, shared by all who read at the same pace: 200 of them cost one read and one buffer, not 200, and none of
 * them holds the file in memory.
 */
export interface SharedBlocks {
  /** Some bytes at a position, at least one, before `end`, which the file has. */
  readonly read: (position: number, end: number) => Promise<Buffer>;
  /** The file has other bytes now. */
  readonly clear: () => void;
}

export function createSharedBlocks(handle: Pick<FileHandle, 'read'>): SharedBlocks {
  const blocks = new Map<number, { readonly end: number; readonly bytes: Promise<Buffer> }>();
  return {
    read: async (position, end) => {
      const start = position - (position % BLOCK_BYTES);
      let block = blocks.get(start);
      if (block === undefined || block.end <= position) {
        const until = Math.min(start + BLOCK_BYTES, end);
        block = { end: until, bytes: readFully(handle, start, until - start) };
        block.bytes.catch(() => blocks.delete(start));
        blocks.delete(start);
        blocks.set(start, block);
        if (blocks.size > SHARED_BLOCKS) blocks.delete(blocks.keys().next().value ?? start);
      }
      const bytes = await block.bytes;
      return bytes.subarray(position - start, Math.min(end, block.end) - start);
    },
    clear: () => blocks.clear(),
  };
}

async function readFully(handle: Pick<FileHandle, 'read'>, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    // It was begun anew meanwhile: whoever reads looks whether it is still the same file.
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
