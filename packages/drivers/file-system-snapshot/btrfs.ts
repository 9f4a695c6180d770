import { isSnapshotName } from './snapshot-name.ts';
import { printedBy, type SnapshotKind } from './snapshot-kind.ts';

/** In the file system itself: a snapshot can be nowhere else. */
const FOLDER = '.thimble-snapshots';

/** btrfs-subvolume(8). Read-only, so that nobody takes it for a place to work in; a way back makes a writable one of it. */
export const btrfs: SnapshotKind = {
  name: 'btrfs',
  async open({ type, target }, { host, run }) {
    if (type !== 'btrfs') return null;
    const folder = `${target === '/' ? '' : target}/${FOLDER}`;
    return {
      list: async () => ((await host.listDirectory(folder)) ?? []).filter(isSnapshotName),
      async create(name) {
        await printedBy(run, ['mkdir', '-p', '-m', '700', folder]);
        await printedBy(run, ['btrfs', 'subvolume', 'snapshot', '-r', target, `${folder}/${name}`]);
        return `btrfs ${folder}/${name}`;
      },
      async remove(name) {
        await printedBy(run, ['btrfs', 'subvolume', 'delete', `${folder}/${name}`]);
      },
    };
  },
};
