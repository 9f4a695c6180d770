import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Whose a partial file is: machine, process and its start, and a mark of the acquirer. Two processes never write to one file; what a
 * process left behind that has ended may be taken up by another.
 */
export function newOwner(): string {
  return `${MACHINE}.${process.pid}.${startOf(process.pid) ?? 'x'}.${randomUUID().slice(0, 8)}`;
}

/** A partial file that nobody works on. */
export const FREE = 'free';

/**
 * Whether nobody can be writing for this owner any more.
 *
 * @param unchangedMs for how long its file has not been written: all that is known of another machine's processes
 */
export function isAbandoned(owner: string, unchangedMs: number): boolean {
  if (owner === FREE) return true;
  const [machine, pid, start] = owner.split('.');
  if (machine !== MACHINE || pid === undefined || !/^\d{1,10}$/.test(pid)) return unchangedMs > QUIET_MS;
  const now = startOf(Number(pid));
  return now === null ? !isRunning(Number(pid)) : now !== start;
}

/** No transfer is silent for so long: the limits on silence, back-off and patience are far below. */
const QUIET_MS = 15 * 60_000;

/** Where process numbers mean the same: containers have numbers of their own, also with equal names. */
const MACHINE = shortDigest(hostname(), textOf('/etc/machine-id'), namespace());

/** When a process began, in the kernel's own measure (proc_pid_stat(5), field 22). null: it has ended, or this is no Linux. */
function startOf(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`);
  // The name of the program, in brackets, may have blanks and brackets in it.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  // Counted from the machine's start, which has a mark of its own.
  return ticks === undefined ? null : shortDigest(textOf('/proc/sys/kernel/random/boot_id'), ticks);
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function shortDigest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
