import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './lab-error.ts';

/** On a hybrid machine (cgroups(7), both versions mounted) nspawn wants its own group in both. */
const HIERARCHIES = existsSync('/sys/fs/cgroup/unified')
  ? ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd']
  : ['/sys/fs/cgroup'];

const KILL_ROUNDS = 100;
const KILL_PAUSE_MS = 50;

export function labCgroup(number: number): string {
  return `thimble-lab-${number}`;
}

/** Makes the group (a path below the hierarchy's root) and gives the files that a process writes its pid to. */
export function makeCgroup(path: string): readonly string[] {
  return HIERARCHIES.filter((hierarchy) => existsSync(hierarchy)).map((hierarchy) => {
    mkdirSync(join(hierarchy, path), { recursive: true });
    return join(hierarchy, path, 'cgroup.procs');
  });
}

/** argv that joins the groups behind `files` and then becomes `argv`, with the same pid. */
export function joining(files: readonly string[], argv: readonly string[]): readonly string[] {
  const join = 'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ > "$1"; shift; n=$((n - 1)); done; exec "$@"';
  return ['sh', '-c', join, 'sh', String(files.length), ...files, ...argv];
}

export function pidsOf(path: string): readonly number[] {
  const pids = new Set<number>();
  for (const hierarchy of HIERARCHIES) {
    for (const folder of foldersBelow(join(hierarchy, path))) {
      for (const line of readPids(join(folder, 'cgroup.procs'))) pids.add(line);
    }
  }
  return [...pids];
}

/** The groups at and below a path that exist. */
export function cgroupsOf(path: string): readonly string[] {
  return HIERARCHIES.flatMap((hierarchy) => foldersBelow(join(hierarchy, path)));
}

/** Kills all members of the group and of those below it, those that are forked meanwhile too. */
export async function killCgroup(path: string): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const pids = pidsOf(path);
    if (pids.length === 0) return;
    for (const pid of pids) signalQuietly(pid);
    await sleep(round < 5 ? 10 : KILL_PAUSE_MS);
  }
  throw new LabError('endpoint-state', `processes of ${path} can't be killed: ${pidsOf(path).join(' ')}`);
}

/**
 * Kills the members that live in a deeper pid namespace than ours, once. The nsenter that brought them there is their
 * parent and must stay to reap them: as zombies of a dead parent they would hold up that namespace's shutdown.
 */
export function killInside(path: string): void {
  for (const pid of pidsOf(path)) if (isInDeeperNamespace(pid)) signalQuietly(pid);
}

/** NSpid lists a process's pids from our namespace down to its own; proc_pid_status(5). */
function isInDeeperNamespace(pid: number): boolean {
  try {
    return /^NSpid:(\t\d+){2}/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Removes the empty groups at and below a path. One that is still in use stays. */
export function removeCgroup(path: string): void {
  for (const hierarchy of HIERARCHIES) {
    for (const folder of foldersBelow(join(hierarchy, path)).toReversed()) {
      try {
        rmdirSync(folder);
      } catch {
        // Still in use: its owner removes it later.
      }
    }
  }
}

/** The folder and all below it, parents first. */
function foldersBelow(folder: string): readonly string[] {
  try {
    const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [folder, ...children.flatMap((child) => foldersBelow(join(folder, child.name)))];
  } catch {
    // Not there, or gone while it was read.
    return [];
  }
}

function readPids(file: string): readonly number[] {
  try {
    const pids = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
    // 0 stands for a process outside of our pid namespace; kill(0) would be our own group.
    return pids.filter((pid) => pid > 1);
  } catch {
    return [];
  }
}

function signalQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
