import type { Host } from '../host.ts';

/** What a clone writes goes to memory that can be swapped, or to a folder. */
export type Upper = 'memory' | 'folder';

/** So much stays free for the machine's own work. */
const MEMORY_RESERVE_BYTES = 256 * 1024 * 1024;
const DISK_RESERVE_BYTES = 512 * 1024 * 1024;

/**
 * Memory where there is enough of it: it takes any root below, also an overlay (whose like can't be the upper half), holds its limit by
 * itself, and leaves nothing. Else the folder, if its disk has the room. In words: why neither will do.
 */
export async function chooseUpper(
  host: Host,
  folder: string,
  limits: { readonly diskBytes: number; readonly memoryBytes: number },
): Promise<Upper | { readonly why: string }> {
  const meminfo = (await host.readFile('/proc/meminfo', { maxBytes: 65_536 }))?.toString('latin1') ?? '';
  const availableBytes = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
  if (availableBytes >= limits.diskBytes + limits.memoryBytes + MEMORY_RESERVE_BYTES) return 'memory';
  const freeBytes = (await host.freeBytes(folder)) ?? 0;
  if (freeBytes >= limits.diskBytes + DISK_RESERVE_BYTES) return 'folder';
  const mib = (bytes: number) => `${Math.floor(bytes / 1_048_576)} MiB`;
  return {
    why:
      `a trial may take ${mib(limits.diskBytes)} for files and ${mib(limits.memoryBytes)} of memory; ` +
      `${mib(availableBytes)} of memory are available, and ${mib(freeBytes)} on the disk of ${folder}`,
  };
}
