import type { Host } from '../host.ts';
import { READ_LIMITS } from './limits.ts';

/** A process with the code that it has mapped, proc_pid_maps(5). */
export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
  /** systemd's unit from the control group; `init` for pid 1; null: none. */
  readonly unit: string | null;
  /** Files with executable pages that are still what the path names. */
  readonly current: readonly string[];
  /** Files with executable pages that were replaced or removed since. */
  readonly replaced: readonly string[];
}

export interface ProcessScan {
  readonly processes: readonly RunningProcess[];
  /** Processes that could not be looked into. */
  readonly hidden: number;
}

/** Reads of many small files: enough at once to keep the disk of /proc busy, few enough to stay small. */
const AT_ONCE = 16;
const HIDDEN_RETRY_MS = 20;
/** Not code of packages: shared memory, memfds, and what lives in temporary places. */
const NO_PACKAGE_CODE = /^\/(dev|memfd:|SYSV|run|tmp|var\/tmp|\[)/;
const DELETED = ' (deleted)';

export async function scanProcesses(host: Host): Promise<ProcessScan> {
  const pids = ((await host.listDirectory('/proc')) ?? [])
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .slice(0, READ_LIMITS.processes);
  // Containers have process namespaces of their own, and their own files: those are other endpoints.
  const namespace = await host.readLink('/proc/self/ns/pid');
  const processes: RunningProcess[] = [];
  let hidden = 0;
  for (let start = 0; start < pids.length; start += AT_ONCE) {
    const batch = await Promise.all(
      pids.slice(start, start + AT_ONCE).map(async (pid) => {
        const first = await readProcess(host, pid, namespace);
        if (first !== 'hidden') return first;
        // In the moment of its exec or exit a process is closed to everybody.
        await host.sleep(HIDDEN_RETRY_MS);
        return readProcess(host, pid, namespace);
      }),
    );
    for (const each of batch) {
      if (each === 'hidden') hidden += 1;
      else if (each !== null) processes.push(each);
    }
  }
  return { processes, hidden };
}

async function readProcess(
  host: Host,
  pid: number,
  namespace: string | null,
): Promise<RunningProcess | 'hidden' | null> {
  try {
    const maps = await host.readFile(`/proc/${pid}/maps`, { maxBytes: READ_LIMITS.mapsBytes });
    // Kernel threads and zombies map nothing; null is a process that ended meanwhile.
    if (maps === null || maps.length === 0) return null;
    const [own, executable, comm, cgroup] = await Promise.all([
      host.readLink(`/proc/${pid}/ns/pid`),
      host.readLink(`/proc/${pid}/exe`),
      host.readFile(`/proc/${pid}/comm`, { maxBytes: 4096 }),
      host.readFile(`/proc/${pid}/cgroup`, { maxBytes: 65_536 }),
    ]);
    if (namespace !== null && own !== null && own !== namespace) return null;
    const { current, replaced } = parseMaps(maps.toString('utf8'), executable);
    const unit = pid === 1 ? 'init' : parseUnit(cgroup?.toString('utf8') ?? '');
    return { pid, command: (comm?.toString('utf8').trim() ?? '').slice(0, 512), unit, current, replaced };
  } catch {
    // Another user's process, when we are not root.
    return 'hidden';
  }
}

/** Only executable pages of real files count; data files (caches, locales) are replaced without any harm. */
export function parseMaps(maps: string, executable: string | null): Pick<RunningProcess, 'current' | 'replaced'> {
  const current = new Set<string>();
  const replaced = new Set<string>();
  const add = (path: string) => {
    if (!path.startsWith('/') || NO_PACKAGE_CODE.test(path)) return;
    if (path.endsWith(DELETED)) replaced.add(path.slice(0, -DELETED.length).replace(/\.dpkg-(new|tmp)$/, ''));
    else current.add(path);
  };
  for (const line of maps.split('\n')) {
    const match = /^[0-9a-f]+-[0-9a-f]+ ..x. [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ (\d+) +(.*)$/.exec(line);
    if (match?.[2] !== undefined && match[1] !== '0') add(match[2]);
  }
  if (executable !== null) add(executable);
  return { current: [...current].sort(), replaced: [...replaced].sort() };
}

/**
 * The outermost service or scope of the control group's path: what is below it (a user's own units, containers) is not
 * the system manager's. The unified hierarchy first, cgroups(7).
 */
export function parseUnit(cgroup: string): string | null {
  const lines = cgroup.split('\n');
  const paths = [lines.find((line) => line.startsWith('0::')), lines.find((line) => line.includes(':name=systemd:'))];
  for (const path of paths) {
    const units = path?.match(/[^/\n]+\.(?:service|scope)(?=\/|$)/g);
    const unit = units?.[0];
    if (unit !== undefined) return unescapeUnit(unit).slice(0, 512);
  }
  return null;
}

/** systemd writes `\x2d` for a hyphen within names; the kernel's names that collide get a `_` in front. */
function unescapeUnit(unit: string): string {
  return unit.replace(/^_(?=[_.])/, '');
}
