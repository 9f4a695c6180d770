import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same pid by its start time (clock ticks since boot, proc(5)). */
export type Owner = { readonly pid: number; readonly startTicks: number };

export function thisProcess(): Owner {
  return { pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0 };
}

export function isAlive(owner: Owner): boolean {
  return startTicksOf(owner.pid) === owner.startTicks;
}

/** Field 22 of /proc/PID/stat; undefined for a process that is gone or a zombie. */
export function startTicksOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command's name (field 2) is in brackets and may hold blanks and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' || state === 'X' ? undefined : Number(fields[19]);
}
