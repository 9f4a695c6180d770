import { describe, expect, test } from 'vitest';
import { createRecordedHost } from '../recorded-host.ts';
import { chooseUpper } from './upper.ts';

const GIB = 1024 ** 3;
const LIMITS = { diskBytes: GIB, memoryBytes: GIB };
const machine = (availableGib: number, freeGib: number) =>
  createRecordedHost({
    files: { '/proc/meminfo': `MemTotal: 99999999 kB\nMemAvailable:   ${availableGib * 1024 * 1024} kB\n` },
    freeBytes: freeGib * GIB,
  });

describe('what a clone writes goes', () => {
  test('to memory, if there is enough for it and for the machine', async () => {
    expect(await chooseUpper(machine(3, 0), '/var/lib/agent', LIMITS)).toBe('memory');
  });

  test('to the disk, if there is not', async () => {
    expect(await chooseUpper(machine(2, 2), '/var/lib/agent', LIMITS)).toBe('folder');
  });

  test('nowhere, if neither has the room: with the figures', async () => {
    expect(await chooseUpper(machine(2, 1), '/var/lib/agent', LIMITS)).toEqual({
      why: 'a trial may take 1024 MiB for files and 1024 MiB of memory; 2048 MiB of memory are available, and 1024 MiB on the disk of /var/lib/agent',
    });
  });

  test('not to memory that is not known', async () => {
    const unknown = createRecordedHost({ files: {}, freeBytes: 9 * GIB });
    expect(await chooseUpper(unknown, '/var/lib/agent', LIMITS)).toBe('folder');
  });
});
