import { HostError, type Host } from '../host.ts';
import { btrfs } from './btrfs.ts';
import { lvm } from './lvm.ts';
import { snapshotName } from './snapshot-name.ts';
import {
  printedBy,
  SnapshotTrouble,
  type MountedFileSystem,
  type Run,
  type SnapshotKind,
  type Snapshots,
} from './snapshot-kind.ts';
import { zfs } from './zfs.ts';

/** In the order in which they are asked: LVM may lie below any file system. */
const SNAPSHOT_KINDS: readonly SnapshotKind[] = [btrfs, zfs, lvm];

/** Ours that are kept, the new one among them. */
const KEPT = 2;

export interface SnapshotRequest {
  readonly host: Pick<Host, 'listDirectory' | 'now'>;
  readonly run: Run;
  readonly orderId: string;
  /** Where the file system is mounted; left out: `/`. Other mounts below it are not in the snapshot. */
  readonly target?: string;
}

export type SnapshotMade = { readonly ok: true; readonly label: string } | { readonly ok: false; readonly why: string };

/** Makes a snapshot of a file system, where it has any; the oldest of ours make room first. */
export async function makeSnapshot({ host, run, orderId, target = '/' }: SnapshotRequest): Promise<SnapshotMade> {
  try {
    const mounted = await mountedAt(run, target);
    const snapshots = await open(mounted, { host, run });
    if (snapshots === null)
      return { ok: false, why: `${target} is ${mounted.type} on ${mounted.source}, of which no snapshots can be made` };
    const ours = [...(await snapshots.list())].sort();
    for (const old of ours.slice(0, Math.max(0, ours.length - (KEPT - 1)))) await snapshots.remove(old);
    return { ok: true, label: await snapshots.create(snapshotName(host.now(), orderId)) };
  } catch (error) {
    if (error instanceof SnapshotTrouble || error instanceof HostError) return { ok: false, why: error.message };
    throw error;
  }
}

async function open(
  mounted: MountedFileSystem,
  machine: Pick<SnapshotRequest, 'host' | 'run'>,
): Promise<Snapshots | null> {
  for (const kind of SNAPSHOT_KINDS) {
    const snapshots = await kind.open(mounted, machine);
    if (snapshots !== null) return snapshots;
  }
  return null;
}

async function mountedAt(run: Run, target: string): Promise<MountedFileSystem> {
  const columns = ['--noheadings', '--raw', '--output', 'FSTYPE,SOURCE'];
  const [type = '', source = ''] = (await printedBy(run, ['findmnt', ...columns, '--mountpoint', target]))
    .trim()
    .split(' ');
  if (source === '') throw new SnapshotTrouble(`findmnt does not tell what is mounted at ${target}`);
  return { target, type, source };
}
