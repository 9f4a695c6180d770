import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupsOf, killCgroup, labCgroup, pidsOf, removeCgroup } from './cgroup.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder, labsLock, recordFolder, RUN_FOLDER } from './folders.ts';
import { labNetwork, networkRemains, removeNetwork } from './network.ts';
import { mountsBelow, unmountBelow } from './overlay.ts';
import { isAlive, type Owner } from './owner.ts';
import { runOrThrow } from './run.ts';

export type LabRecord = {
  readonly number: number;
  readonly tag: string;
  readonly owner: Owner;
  readonly folder: string;
};

/** The labs on this machine, those of dead owners included. */
export function listLabs(): readonly LabRecord[] {
  if (!existsSync(RUN_FOLDER)) return [];
  return readdirSync(RUN_FOLDER).flatMap((name) => {
    const file = join(RUN_FOLDER, name, 'lab.json');
    if (!/^\d+$/.test(name) || !existsSync(file)) return [];
    const { tag, owner, folder } = JSON.parse(readFileSync(file, 'utf8')) as Omit<LabRecord, 'number'>;
    return [{ number: Number(name), tag, owner, folder }];
  });
}

/** Removes what labs of processes that are gone left behind. Gives their records. */
export async function sweepLabs(): Promise<readonly LabRecord[]> {
  return withFileLock(labsLock, sweepLocked);
}

/** The same for who holds the lock of all labs. */
export async function sweepLocked(): Promise<readonly LabRecord[]> {
  const dead = listLabs().filter((record) => !isAlive(record.owner));
  for (const record of dead) await removeLab(record.number, record.folder);
  return dead;
}

/** Everything on this machine that belongs to a lab, in words; empty when nothing is left of it. */
export function remainsOf(number: number): readonly string[] {
  const folder = join(cacheFolder(), 'labs', String(number));
  return [
    ...pidsOf(labCgroup(number)).map((pid) => `process ${pid}`),
    ...networkRemains(labNetwork(number)),
    ...mountsBelow(folder, readFileSync('/proc/self/mounts', 'utf8')).map((point) => `mount ${point}`),
    ...cgroupsOf(labCgroup(number)).map((group) => `cgroup ${group}`),
    ...[folder, recordFolder(number)].filter((path) => existsSync(path)).map((path) => `folder ${path}`),
  ];
}

/** Removes a lab by its number and folder alone: processes, network, mounts, cgroups, files, in this order. */
export async function removeLab(number: number, folder: string): Promise<void> {
  await killCgroup(labCgroup(number));
  await removeNetwork(labNetwork(number));
  await unmountBelow(folder);
  removeCgroup(labCgroup(number));
  await runOrThrow(['rm', '-rf', '--one-file-system', folder]);
  rmSync(recordFolder(number), { recursive: true, force: true });
}
