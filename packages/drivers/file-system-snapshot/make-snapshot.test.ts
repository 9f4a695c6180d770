import { describe, expect, test } from 'vitest';
import { parseReport } from './lvm.ts';
import { makeSnapshot } from './make-snapshot.ts';
import { SnapshotTrouble } from './snapshot-kind.ts';

const ORDER_ID = '0199a5a0-0000-7000-8000-100000000001';
const NAME = 'thimble-20261122t130500z-0199a5a0';
const OLD = ['thimble-20261101t010000z-00000001', 'thimble-20261108t010000z-00000002'];

/** A machine whose commands print this, by their beginning; what is not in the table does not exist. */
function machine(outputs: Readonly<Record<string, string>>, folder: readonly string[] | null = null) {
  const ran: string[] = [];
  const make = () =>
    makeSnapshot({
      host: { now: () => new Date('2026-11-22T13:05:00.123Z'), listDirectory: async () => folder },
      orderId: ORDER_ID,
      run: async (argv) => {
        const line = argv.join(' ');
        ran.push(line);
        const [, output] = Object.entries(outputs).find(([start]) => line.startsWith(start)) ?? [];
        if (output === undefined) return { exitCode: 127, output: `sh: ${argv[0]}: not found\n`, stopped: null };
        return { exitCode: 0, output, stopped: null };
      },
    });
  return { ran, make, changed: () => ran.filter((line) => !/^(findmnt|lvs|zfs list)/.test(line)) };
}

const LVM_ROOT = {
  findmnt: 'ext4 /dev/mapper/vg-root\n',
  'lvs --noheadings /dev/mapper/vg-root': '  root vg -wi-ao---- 20.00g\n',
};
const LVS = 'lvs --reportformat json --units b --nosuffix -o';
/** As LVM 2.03.16 prints it, with a warning before. */
const report = (rows: readonly Record<string, string>[]) =>
  `  WARNING: You do not use lvmlockd.\n  {\n      "report": [\n          {\n              "lv": ${JSON.stringify(rows)}\n          }\n      ]\n  }\n`;
const WHO = { [`${LVS} vg_name,lv_name /dev/mapper/vg-root`]: report([{ vg_name: 'vg', lv_name: 'root' }]) };
const GIB = 1024 ** 3;
const classic = (freeBytes: number, sizeBytes = 20 * GIB) => ({
  [`${LVS} lv_size,pool_lv,vg_free,vg_name`]: report([
    { lv_size: String(sizeBytes), pool_lv: '', vg_free: String(freeBytes), vg_name: 'vg' },
  ]),
});
const thin = (percent: string) => ({
  [`${LVS} lv_size,pool_lv,vg_free,vg_name`]: report([
    { lv_size: String(20 * GIB), pool_lv: 'pool', vg_free: '0', vg_name: 'vg' },
  ]),
  [`${LVS} data_percent vg/pool`]: report([{ data_percent: percent }]),
});
const volumes = (...names: readonly (readonly [string, string])[]) => ({
  [`${LVS} lv_name,origin vg`]: report(names.map(([lv_name, origin]) => ({ lv_name, origin }))),
});

describe('a snapshot of LVM', () => {
  test('of a classic volume takes a part of what its group has left', async () => {
    const { make, changed } = machine({
      ...LVM_ROOT,
      ...WHO,
      ...volumes(['root', '']),
      ...classic(8 * GIB),
      lvcreate: '',
    });
    expect(await make()).toEqual({ ok: true, label: `lvm vg/root-${NAME}` });
    expect(changed()).toEqual([`lvcreate --snapshot --size ${3 * GIB}b --name root-${NAME} vg/root`]);
  });

  test('of a small volume takes a gibibyte at least', async () => {
    const { make, changed } = machine({
      ...LVM_ROOT,
      ...WHO,
      ...volumes(),
      ...classic(8 * GIB, 2 * GIB),
      lvcreate: '',
    });
    expect(await make()).toMatchObject({ ok: true });
    expect(changed()[0]).toContain(`--size ${GIB}b`);
  });

  test('is not made where the group has too little left', async () => {
    const { make, changed } = machine({ ...LVM_ROOT, ...WHO, ...volumes(), ...classic(GIB), lvcreate: '' });
    expect(await make()).toEqual({
      ok: false,
      why: `the volume group has ${GIB} bytes free, a snapshot takes ${3 * GIB}`,
    });
    expect(changed()).toEqual([]);
  });

  test('of a thin volume needs no size, and no full pool', async () => {
    const half = machine({ ...LVM_ROOT, ...WHO, ...volumes(), ...thin('41.50'), lvcreate: '' });
    expect(await half.make()).toMatchObject({ ok: true });
    expect(half.changed()).toEqual([`lvcreate --snapshot --name root-${NAME} vg/root`]);
    const full = machine({ ...LVM_ROOT, ...WHO, ...volumes(), ...thin('93.10'), lvcreate: '' });
    expect(await full.make()).toEqual({ ok: false, why: 'the thin pool pool is 93.1 % full' });
  });

  test('makes room by removing the oldest of ours, and nothing of others', async () => {
    const others = [
      ['root', ''],
      ['root-by-hand', 'root'],
      ['home-thimble-20261101t010000z-00000001', 'home'],
      [`root-${OLD[0]}`, 'home'],
    ] as const;
    const ours = OLD.map((name) => [`root-${name}`, 'root'] as const);
    const outputs = {
      ...LVM_ROOT,
      ...WHO,
      ...volumes(...others, ...ours),
      ...classic(8 * GIB),
      lvcreate: '',
      lvremove: '',
    };
    const { make, changed } = machine(outputs);
    expect(await make()).toMatchObject({ ok: true });
    expect(changed()[0]).toBe(`lvremove --yes vg/root-${OLD[0]}`);
    expect(changed()).toHaveLength(2);
  });
});

describe('a snapshot of btrfs', () => {
  test('is a read-only subvolume; of ours two are kept', async () => {
    const outputs = { findmnt: 'btrfs /dev/vda2[/@]\n', mkdir: '', 'btrfs subvolume': '' };
    const { make, changed } = machine(outputs, ['other', ...OLD, 'thimble-x']);
    expect(await make()).toEqual({ ok: true, label: `btrfs /.thimble-snapshots/${NAME}` });
    expect(changed()).toEqual([
      `btrfs subvolume delete /.thimble-snapshots/${OLD[0]}`,
      'mkdir -p -m 700 /.thimble-snapshots',
      `btrfs subvolume snapshot -r / /.thimble-snapshots/${NAME}`,
    ]);
  });

  test('is not made without the tool', async () => {
    const { make } = machine({ findmnt: 'btrfs /dev/vda2[/@]\n', mkdir: '' });
    expect(await make()).toEqual({ ok: false, why: 'btrfs subvolume ended with 127: sh: btrfs: not found' });
  });
});

describe('a snapshot of ZFS', () => {
  test("is the dataset's; snapshots of others are left alone", async () => {
    const listed = [`rpool/ROOT/debian@auto-1`, ...OLD.map((name) => `rpool/ROOT/debian@${name}`), `rpool@${OLD[0]}`];
    const outputs = { findmnt: 'zfs rpool/ROOT/debian\n', 'zfs list': `${listed.join('\n')}\n`, 'zfs ': '' };
    const { make, changed } = machine(outputs);
    expect(await make()).toEqual({ ok: true, label: `zfs rpool/ROOT/debian@${NAME}` });
    expect(changed()).toEqual([`zfs destroy rpool/ROOT/debian@${OLD[0]}`, `zfs snapshot rpool/ROOT/debian@${NAME}`]);
  });
});

describe('no snapshot', () => {
  test.each([
    ['ext4 /dev/vda1\n', '/ is ext4 on /dev/vda1, of which no snapshots can be made'],
    ['overlay overlay\n', '/ is overlay on overlay, of which no snapshots can be made'],
    ['', 'findmnt does not tell what is mounted at /'],
  ])('of %j, and it says so', async (findmnt, why) => {
    expect(await machine({ findmnt }).make()).toEqual({ ok: false, why });
  });

  test('where findmnt is missing', async () => {
    expect(await machine({}).make()).toMatchObject({ ok: false, why: expect.stringContaining('findmnt') });
  });
});

test.each(['', '{}', '{"report": 1}', '{"report": [{}]}', '{"report": [{"lv": [null]}]}', '}{', 'x'])(
  'a report of LVM that is %j is trouble, never a fact',
  (text) => {
    expect(() => parseReport(text)).toThrow(SnapshotTrouble);
  },
);
