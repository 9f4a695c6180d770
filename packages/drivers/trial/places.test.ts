import { describe, expect, test } from 'vitest';
import { placesOf } from './places.ts';

/** Lines of proc_pid_mountinfo(5): id, parent, device, root, path, options, tags, `-`, type, source, more options. */
const line = (path: string, type: string, options = 'rw,relatime') =>
  `36 25 254:1 / ${path} ${options} shared:1 - ${type} /dev/vda1 rw\n`;
const NONE = new Map<string, string>();

describe('the places of a clone', () => {
  test('are all file systems of disks but the root, outer before inner', () => {
    const mountinfo = [
      line('/', 'ext4'),
      line('/var/lib/data', 'xfs'),
      line('/boot/efi', 'vfat'),
      line('/var', 'btrfs'),
      line('/boot', 'ext4'),
    ];
    expect(placesOf(mountinfo.join(''), NONE)).toEqual({
      places: ['/var', '/boot', '/boot/efi', '/var/lib/data'].map((path) => ({ kind: 'layer', path, flags: 'rw' })),
      gaps: [],
    });
  });

  test.each([
    '/proc',
    '/sys/fs/cgroup',
    '/dev/shm',
    '/run/user/1000',
    '/tmp',
    '/var/lib/docker/overlay2/a/merged',
    '/snap/core/1',
  ])("are none of the clone's own, and no containers': %s", (path) => {
    expect(placesOf(line(path, 'tmpfs') + line(path, 'overlay'), NONE)).toEqual({ places: [], gaps: [] });
  });

  test('are not on a network: what is not in the clone is told', () => {
    const mountinfo = line('/srv/share', 'nfs4') + line('/mnt/app', 'fuse.sshfs') + line('/home', 'autofs');
    expect(placesOf(mountinfo, NONE)).toEqual({
      places: [],
      gaps: [
        { what: '/srv/share', why: 'nfs4 is not in the clone' },
        { what: '/mnt/app', why: 'fuse.sshfs is not in the clone' },
      ],
    });
  });

  test('keep what decides what works there', () => {
    const { places } = placesOf(
      line('/usr', 'ext4', 'ro,nodev,relatime') + line('/var', 'ext4', 'rw,noexec,nosuid'),
      NONE,
    );
    expect(places.map(({ flags }) => flags)).toEqual(['ro,nodev', 'noexec,nosuid']);
  });

  test('are what was mounted last on a path', () => {
    const mountinfo = line('/srv', 'ext4') + line('/srv', 'nfs4');
    expect(placesOf(mountinfo, NONE)).toMatchObject({ places: [], gaps: [{ what: '/srv' }] });
  });

  test('are empty where a copy is worth nothing, with all that is mounted inside', () => {
    const hidden = new Map([['/var/lib/mysql', 'live']]);
    expect(placesOf(line('/var/lib/mysql', 'xfs') + line('/var/lib/mysql/log', 'xfs'), hidden)).toEqual({
      places: [{ kind: 'empty', path: '/var/lib/mysql', flags: 'rw' }],
      gaps: [{ what: '/var/lib/mysql', why: 'live' }],
    });
  });

  test('have names that an overlay can take: others are gaps, blanks are none', () => {
    const { places, gaps } = placesOf(line(String.raw`/srv/two\040words`, 'ext4') + line('/srv/a:b', 'ext4'), NONE);
    expect(places.map(({ path }) => path)).toEqual(['/srv/two words']);
    expect(gaps.map(({ what }) => what)).toEqual(['/srv/a:b']);
  });

  test('are bounded, and say so', () => {
    const many = Array.from({ length: 300 }, (_, index) => line(`/mnt/${index}`, 'ext4')).join('');
    const { places, gaps } = placesOf(many, NONE);
    expect(places).toHaveLength(200);
    expect(gaps).toEqual([{ what: 'mounts', why: 'only 200 of 300 are in the clone' }]);
  });
});
