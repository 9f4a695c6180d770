import { ensureTools, labForTests, runOrThrow } from '@thimble/lab';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLocalHost } from '../local-host.ts';
import { runOutside } from '../run-outside.ts';
import { makeSnapshot } from './make-snapshot.ts';

const availability = labForTests('snapshots of a real file system');

/** btrfs in a file. LVM needs a device mapper, which machines of a lab need not have: it is tested with its printed reports. */
describe.skipIf(!availability.available)('a snapshot of a real btrfs', () => {
  let folder = '';
  const mount = () => join(folder, 'mount');
  beforeAll(async () => {
    await ensureTools(new Map([['mkfs.btrfs', 'btrfs-progs']]));
    folder = mkdtempSync(join(tmpdir(), 'thimble-btrfs-'));
    const image = join(folder, 'image');
    await runOrThrow(['truncate', '-s', '300M', image]);
    await runOrThrow(['mkfs.btrfs', '-q', image]);
    await runOrThrow(['mkdir', mount()]);
    await runOrThrow(['mount', '-o', 'loop', image, mount()]);
  });
  afterAll(async () => {
    if (folder === '') return;
    // Its loop device goes with the mount.
    await runOrThrow(['umount', mount()]);
    rmSync(folder, { recursive: true });
  });

  test('holds what was there, and the two newest of ours are kept', async () => {
    const host = createLocalHost({ detach: 'session' });
    let run = 0;
    const make = (orderId: string, now: Date) =>
      makeSnapshot({
        host: { listDirectory: host.listDirectory, now: () => now },
        orderId,
        target: mount(),
        run: (argv) => {
          run += 1;
          return runOutside(host, {
            name: `run-${run}`,
            argv,
            directory: join(folder, `run-${run}`),
            deadlineMs: 60_000,
          });
        },
      });
    writeFileSync(join(mount(), 'version'), '1');
    const first = await make('aaaaaaaa-0000', new Date('2026-11-01T00:00:00Z'));
    const name = 'thimble-20261101t000000z-aaaaaaaa';
    expect(first).toEqual({ ok: true, label: `btrfs ${mount()}/.thimble-snapshots/${name}` });
    writeFileSync(join(mount(), 'version'), '2');
    const kept = join(mount(), '.thimble-snapshots', name);
    expect(readFileSync(join(kept, 'version'), 'utf8')).toBe('1');
    expect(() => writeFileSync(join(kept, 'version'), '3')).toThrow('EROFS');
    for (const day of ['02', '03'])
      expect(await make('bbbbbbbb-0000', new Date(`2026-11-${day}T00:00:00Z`))).toMatchObject({ ok: true });
    expect(readdirSync(join(mount(), '.thimble-snapshots')).sort()).toEqual([
      'thimble-20261102t000000z-bbbbbbbb',
      'thimble-20261103t000000z-bbbbbbbb',
    ]);
  });
});
