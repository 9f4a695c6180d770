import { isSnapshotName } from './snapshot-name.ts';
import { printedBy, type SnapshotKind } from './snapshot-kind.ts';

/** zfs-snapshot(8). A name with `@` is a snapshot's: `zfs destroy` can never reach the dataset. */
export const zfs: SnapshotKind = {
  name: 'zfs',
  async open({ type, source }, { run }) {
    if (type !== 'zfs') return null;
    return {
      async list() {
        const listed = await printedBy(run, ['zfs', 'list', '-H', '-t', 'snapshot', '-d', '1', '-o', 'name', source]);
        return listed.split('\n').flatMap((line) => {
          const [dataset, name = ''] = line.trim().split('@');
          return dataset === source && isSnapshotName(name) ? [name] : [];
        });
      },
      async create(name) {
        await printedBy(run, ['zfs', 'snapshot', `${source}@${name}`]);
        return `zfs ${source}@${name}`;
      },
      async remove(name) {
        await printedBy(run, ['zfs', 'destroy', `${source}@${name}`]);
      },
    };
  },
};
