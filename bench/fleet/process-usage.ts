import { readdirSync, readFileSync } from 'node:fs';

/** Ticks in which /proc/PID/stat counts: USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Its own and its ended children's time on a processor. */
  readonly cpuMs: number;
}

/** proc_pid_stat(5); null: not of that form. The command's name may hold blanks and parentheses. */
export function parseStat(text: string): ProcessStat | null {
  const match = /^(\d+) \([\s\S]*\) (.*)$/.exec(text.trimEnd());
  const fields = match?.[2]?.split(' ') ?? [];
  const [, parent] = fields;
  const ticks = fields.slice(11, 15).map(Number);
  if (match === null || parent === undefined || ticks.length !== 4 || ticks.some(Number.isNaN)) return null;
  const sum = ticks.reduce((all, each) => all + each, 0);
  return { pid: Number(match[1]), parent: Number(parent), cpuMs: (sum * 1000) / TICKS_PER_SECOND };
}

/** A process's own CPU time, and that of all below it. */
export function cpuMs(pid: number): { readonly own: number; readonly below: number } {
  const stats = allStats();
  const below = statsBelow(stats, pid).reduce((all, stat) => all + stat.cpuMs, 0);
  return { own: stats.find((stat) => stat.pid === pid)?.cpuMs ?? 0, below };
}

/** All that a process started, and what these started. */
export function processesBelow(pid: number): readonly number[] {
  return statsBelow(allStats(), pid).map((stat) => stat.pid);
}

function statsBelow(stats: readonly ProcessStat[], pid: number): readonly ProcessStat[] {
  const byPid = new Map(stats.map((stat) => [stat.pid, stat]));
  const isBelow = (each: ProcessStat): boolean => {
    const parent = byPid.get(each.parent);
    return each.parent === pid || (parent !== undefined && isBelow(parent));
  };
  return stats.filter(isBelow);
}

/** A line of /proc/PID/status in bytes: `VmRSS` now, `VmHWM` at most. 0: it has none (a kernel thread, a zombie). */
export function memoryBytes(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  const match = new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? 0) * 1024;
}

/**
 * What processes hold in memory together, bytes: pages that several share (PostgreSQL's buffers) count once, each user its
 * part of them (proc_pid_smaps_rollup(5), `Pss`). Needs to be their user, or root.
 */
export function sharedOutBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + pssBytes(pid), 0);
}

function pssBytes(pid: number): number {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    return 0; // It ended meanwhile.
  }
}

function allStats(): readonly ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return parseStat(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      } catch {
        return []; // It ended meanwhile.
      }
    });
}
