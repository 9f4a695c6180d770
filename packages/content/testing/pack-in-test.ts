import { execFileSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Packing } from '../model/index.ts';

/** Packs small files as vendors do. xz and bzip2 by the machine's own programs. */
export function packInTest(bytes: Uint8Array, packing: Packing): Uint8Array {
  switch (packing) {
    case 'plain':
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'zstd':
      return zstdCompressSync(bytes);
    case 'xz':
    case 'bzip2':
      return execFileSync(packing, ['-c'], { input: bytes, maxBuffer: 256 * 1024 * 1024 });
  }
}
