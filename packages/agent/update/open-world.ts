import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@thimble/drivers';
import { AgentError } from '../agent-error.ts';
import type { Clock } from '../clock.ts';
import { CHECK_IN_UNIT, SERVICE_UNIT, TIMER_UNIT } from '../service/units.ts';
import { readChecked, writeChecked } from '../state/checked-file.ts';
import { openDisk, type Disk } from '../state/disk.ts';
import type { JournalState } from '../state/journal.ts';
import { lockState } from '../state/lock.ts';
import { systemdGuard } from './guard.ts';
import { isProgramWhole } from './programs.ts';
import { NO_UPDATES, type UpdateState } from './update-state.ts';
import type { UpdateWorld } from './update-world.ts';

const STATE = 'update/state';
const SYSTEMCTL_MS = 30_000;
/** Who holds the lock reads and writes one small file, and waits for systemd at most. */
const LOCK_TRIES = 600;
const LOCK_PAUSE_MS = 100;

export interface WorldOptions {
  readonly stateDirectory: string;
  readonly host: Host;
  readonly clock: Clock;
  /** Absolute path of the packaged program. */
  readonly program: string;
}

/** The switch between versions on this machine, under systemd. @throws AgentError `state-unreadable` */
export async function openUpdateWorld(options: WorldOptions): Promise<UpdateWorld> {
  const { stateDirectory, host, clock, program } = options;
  const disk = await openDisk(stateDirectory);
  const folder = await makeUpdateFolder(stateDirectory);
  const guard = systemdGuard(host, program, stateDirectory);
  return {
    async exclusively(act) {
      const lock = await takeLock(folder, clock);
      try {
        return await act();
      } finally {
        await lock.release();
      }
    },
    read: () => readUpdateState(disk),
    write: (state) => writeChecked(disk, STATE, 'update', state),
    isWhole: (version) => isProgramWhole(folder, version),
    isIdle: () => isIdle(disk),
    armGuard: () => guard.arm(),
    disarmGuard: () => guard.disarm(),
    async restart() {
      const onTimer = await host.run(['systemctl', 'is-enabled', '--quiet', TIMER_UNIT], { deadlineMs: SYSTEMCTL_MS });
      const unit = onTimer.exitCode === 0 ? CHECK_IN_UNIT : SERVICE_UNIT;
      await host.run(['systemctl', 'restart', '--no-block', unit], { deadlineMs: SYSTEMCTL_MS });
    },
    nowMs: () => clock.now(),
  };
}

export async function makeUpdateFolder(stateDirectory: string): Promise<string> {
  const folder = join(stateDirectory, 'update');
  await mkdir(join(folder, 'versions'), { recursive: true, mode: 0o700 });
  return folder;
}

/** @throws AgentError `state-damaged` */
export async function readUpdateState(disk: Disk): Promise<UpdateState> {
  return ((await readChecked(disk, STATE, 'update')) as UpdateState | null) ?? NO_UPDATES;
}

/** A journal that can't be read may have an order in it. */
async function isIdle(disk: Disk): Promise<boolean> {
  try {
    const journal = (await readChecked(disk, 'journal', 'journal')) as JournalState | null;
    return journal === null || journal.active === null;
  } catch {
    return false;
  }
}

async function takeLock(folder: string, clock: Clock): Promise<{ release(): Promise<void> }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await lockState(folder);
    } catch (error) {
      if (!(error instanceof AgentError && error.code === 'already-running') || tries === LOCK_TRIES) throw error;
      await clock.sleep(LOCK_PAUSE_MS);
    }
  }
}
