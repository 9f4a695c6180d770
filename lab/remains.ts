import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killCgroup, labCgroup, removeCgroup } from './cgroup.ts';
import { RUN_FOLDER, recordFolder } from './folders.ts';
import { labNetwork, removeNetwork } from './network.ts';
import { unmountBelow } from './overlay.ts';
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
  const dead = listLabs().filter((record) => !isAlive(record.owner));
  for (const record of dead) await removeLab(record.number, record.folder);
  return dead;
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
