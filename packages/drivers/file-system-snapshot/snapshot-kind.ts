import type { Host } from '../host.ts';
import type { OutsideEnd } from '../run-outside.ts';

/** The file system that is mounted at a place, as findmnt(8) tells it. */
export interface MountedFileSystem {
  /** `/`; another place in tests. */
  readonly target: string;
  /** `/dev/mapper/vg-root`, `/dev/vda2[/@]`, `rpool/ROOT/debian`. */
  readonly source: string;
  readonly type: string;
}

/** Runs a command as root, outside the agent's sandbox and within bounds. */
export type Run = (argv: readonly string[]) => Promise<OutsideEnd>;

export interface Machine {
  readonly host: Pick<Host, 'listDirectory'>;
  readonly run: Run;
}

/** What can be done with one file system's snapshots. Names are those of `snapshotName`; others' are never touched. */
export interface Snapshots {
  /** Ours, whatever their order. @throws SnapshotTrouble */
  list(): Promise<readonly string[]>;
  /** @returns what an administrator calls it: `lvm vg/root-thimble-…`. @throws SnapshotTrouble */
  create(name: string): Promise<string>;
  /** @throws SnapshotTrouble */
  remove(name: string): Promise<void>;
}

/** One way to make snapshots. */
export interface SnapshotKind {
  readonly name: string;
  /** Null: it is not of this kind. @throws SnapshotTrouble it is, and yet none can be made. */
  open(mounted: MountedFileSystem, machine: Machine): Promise<Snapshots | null>;
}

/** Why there is no snapshot, in one sentence. */
export class SnapshotTrouble extends Error {}

/** What a tool printed; trouble when it failed. @throws SnapshotTrouble */
export async function printedBy(run: Run, argv: readonly string[]): Promise<string> {
  const { exitCode, output, stopped } = await run(argv);
  if (exitCode === 0) return output;
  const end = stopped === null ? `ended with ${exitCode ?? 'a signal'}` : 'did not end in time';
  const said = output.trim().split('\n').slice(-3).join(' ').slice(0, 500);
  throw new SnapshotTrouble(`${argv.slice(0, 2).join(' ')} ${end}${said === '' ? '' : `: ${said}`}`);
}
