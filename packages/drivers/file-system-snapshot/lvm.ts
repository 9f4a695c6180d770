import { isSnapshotName } from './snapshot-name.ts';
import { printedBy, SnapshotTrouble, type Run, type SnapshotKind } from './snapshot-kind.ts';

/** What an installation changes, generously: a snapshot that is full is lost, and the origin is not harmed (lvmsnapshot(7)). */
const SHARE_OF_ORIGIN = 0.15;
const LEAST_BYTES = 1024 ** 3;
/** A thin pool that runs full stops everything in it (lvmthin(7)). */
const POOL_FULL_PERCENT = 80;

/** lvcreate(8): of a thin volume in its pool, of a classic one in what its group has left. */
export const lvm: SnapshotKind = {
  name: 'lvm',
  async open({ source }, { run }) {
    if (!source.startsWith('/dev/')) return null;
    const volume = await findVolume(run, source);
    if (volume === null) return null;
    const { group, name: origin } = volume;
    return {
      async list() {
        const volumes = await report(run, ['lv_name', 'origin'], group);
        return volumes.flatMap((each) => {
          const name = each.get('lv_name')?.slice(origin.length + 1) ?? '';
          return each.get('origin') === origin && each.get('lv_name') === `${origin}-${name}` && isSnapshotName(name)
            ? [name]
            : [];
        });
      },
      async create(name) {
        const size = await sizeArguments(run, source);
        const argv = ['lvcreate', '--snapshot', ...size, '--name', `${origin}-${name}`, `${group}/${origin}`];
        await printedBy(run, argv);
        return `lvm ${group}/${origin}-${name}`;
      },
      async remove(name) {
        await printedBy(run, ['lvremove', '--yes', `${group}/${origin}-${name}`]);
      },
    };
  },
};

/** Null: no logical volume, or no LVM. */
async function findVolume(run: Run, device: string): Promise<{ group: string; name: string } | null> {
  const { exitCode } = await run(['lvs', '--noheadings', device]);
  if (exitCode !== 0) return null;
  const [row] = await report(run, ['vg_name', 'lv_name'], device);
  const [group = '', name = ''] = [row?.get('vg_name'), row?.get('lv_name')];
  return group === '' || name === '' ? null : { group, name };
}

async function sizeArguments(run: Run, device: string): Promise<readonly string[]> {
  const [row] = await report(run, ['lv_size', 'pool_lv', 'vg_free', 'vg_name'], device);
  const pool = row?.get('pool_lv') ?? '';
  if (pool !== '') {
    const [state] = await report(run, ['data_percent'], `${row?.get('vg_name')}/${pool}`);
    const percent = amount(state, 'data_percent');
    if (percent > POOL_FULL_PERCENT) throw new SnapshotTrouble(`the thin pool ${pool} is ${percent} % full`);
    return [];
  }
  const wantedBytes = Math.max(LEAST_BYTES, Math.ceil(amount(row, 'lv_size') * SHARE_OF_ORIGIN));
  const freeBytes = amount(row, 'vg_free');
  if (freeBytes < wantedBytes)
    throw new SnapshotTrouble(`the volume group has ${freeBytes} bytes free, a snapshot takes ${wantedBytes}`);
  return ['--size', `${wantedBytes}b`];
}

function amount(row: ReadonlyMap<string, string> | undefined, field: string): number {
  const value = Number.parseFloat(row?.get(field) ?? '');
  if (!Number.isFinite(value)) throw new SnapshotTrouble(`lvs does not tell ${field}`);
  return value;
}

/** lvmreport(7); what LVM warns of stands before and after the JSON. */
async function report(
  run: Run,
  fields: readonly string[],
  where: string,
): Promise<readonly ReadonlyMap<string, string>[]> {
  const format = ['--reportformat', 'json', '--units', 'b', '--nosuffix'];
  const printed = await printedBy(run, ['lvs', ...format, '-o', fields.join(','), where]);
  return parseReport(printed);
}

export function parseReport(printed: string): readonly ReadonlyMap<string, string>[] {
  const trouble = new SnapshotTrouble('lvs did not answer with a report');
  let value: unknown;
  try {
    value = JSON.parse(printed.slice(printed.indexOf('{'), printed.lastIndexOf('}') + 1));
  } catch {
    throw trouble;
  }
  const [first] = listIn(value, 'report');
  const rows = listIn(first, 'lv');
  return rows.map((row) => {
    if (typeof row !== 'object' || row === null) throw trouble;
    return new Map(Object.entries(row).map(([field, text]) => [field, String(text)]));
  });
}

function listIn(value: unknown, field: string): readonly unknown[] {
  const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
  if (!Array.isArray(list)) throw new SnapshotTrouble('lvs did not answer with a report');
  return list;
}
