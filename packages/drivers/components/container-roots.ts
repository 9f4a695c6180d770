import type { Host } from '../host.ts';
import { HostError } from '../host.ts';

/** A root of its own that processes of this machine run in: a container, a chroot. */
export interface ContainerRoot {
  /** The lowest process id in it: through its `/proc/PID/root` the root is read. */
  readonly pid: number;
  readonly command: string;
  /** Whether its processes are in a process or mount namespace of their own; a plain chroot's are not. */
  readonly hasNamespaces: boolean;
  /** From the control group: `docker 0123456789ab`, `machine web`; null: it does not tell. */
  readonly name: string | null;
  /** The id that the engine gave it, 64 hexadecimal digits. */
  readonly engineId: string | null;
}

/** Hundreds run on the largest nodes. */
const ROOTS_MAX = 500;
const PROCESSES_MAX = 100_000;
const AT_ONCE = 16;
const SMALL_FILE_BYTES = 65_536;

/**
 * The distinct roots of running processes besides our own. A service with a private /tmp has its own mount namespace and
 * still our root: what counts is which folder `/proc/PID/root` is.
 */
export async function containerRoots(
  host: Host,
): Promise<{ readonly roots: readonly ContainerRoot[]; readonly gaps: readonly { what: string; why: string }[] }> {
  const own = await rootOf(host, '/');
  if (own === null) return { roots: [], gaps: [] };
  const pids = ((await host.listDirectory('/proc')) ?? [])
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .slice(0, PROCESSES_MAX);
  const first = new Map<string, number>();
  let hidden = 0;
  for (let start = 0; start < pids.length; start += AT_ONCE) {
    const batch = pids.slice(start, start + AT_ONCE);
    const found = await Promise.all(batch.map((pid) => rootOf(host, `/proc/${pid}/root`)));
    for (const [index, root] of found.entries()) {
      if (root === 'hidden') hidden += 1;
      else if (root !== null && root !== own && !first.has(root)) first.set(root, batch[index] ?? 0);
    }
  }
  const gaps: { what: string; why: string }[] = [];
  if (hidden > 0) gaps.push({ what: 'containers', why: `${hidden} processes don't let anybody see their root` });
  if (first.size > ROOTS_MAX)
    gaps.push({ what: 'containers', why: `${first.size} run; only ${ROOTS_MAX} were looked into` });
  const described = await Promise.all([...first.values()].slice(0, ROOTS_MAX).map((pid) => describe(host, pid)));
  return { roots: described.filter((root) => root !== null), gaps };
}

/** Null: that process has ended. */
async function rootOf(host: Host, path: string): Promise<string | null> {
  try {
    await using tree = await host.tree(path);
    const status = await tree?.status('');
    return status === null || status === undefined ? null : `${status.device}:${status.inode}`;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return error.code === 'permission' ? 'hidden' : null;
  }
}

/** Null: a thread of the kernel, which has no program; one of them (kdevtmpfs) has a root of its own. */
async function describe(host: Host, pid: number): Promise<ContainerRoot | null> {
  if ((await host.readLink(`/proc/${pid}/exe`).catch(() => null)) === null) return null;
  const comm = await host.readFile(`/proc/${pid}/comm`, { maxBytes: SMALL_FILE_BYTES }).catch(() => null);
  const [cgroup, ...namespaces] = await Promise.all([
    host.readFile(`/proc/${pid}/cgroup`, { maxBytes: SMALL_FILE_BYTES }).catch(() => null),
    ...['mnt', 'pid'].flatMap((kind) =>
      ['1', String(pid)].map((each) => host.readLink(`/proc/${each}/ns/${kind}`).catch(() => null)),
    ),
  ]);
  const [ownMounts, mounts, ownPids, processes] = namespaces;
  const command = comm?.toString('utf8').trim() ?? '';
  return {
    pid,
    command,
    hasNamespaces: ownMounts !== mounts || ownPids !== processes,
    ...nameOf(cgroup?.toString('utf8') ?? ''),
  };
}

/**
 * What container managers call their control groups: `docker-ID.scope`, `/docker/ID`, `libpod-ID.scope`,
 * `cri-containerd-ID.scope`, `crio-ID.scope`, `lxc.payload.NAME`, `machine-NAME.scope`, `systemd-nspawn@NAME.service`.
 */
export function nameOf(cgroup: string): Pick<ContainerRoot, 'name' | 'engineId'> {
  const byId = /(?:\/|([a-z][a-z-]{0,30})[-/])([0-9a-f]{64})(?:\.scope)?(?=[/\n]|$)/.exec(cgroup);
  if (byId?.[2] !== undefined) {
    const engine = byId[1] ?? 'container';
    return { name: `${ENGINES.get(engine) ?? engine} ${byId[2].slice(0, 12)}`, engineId: byId[2] };
  }
  const byName =
    /lxc\.(?:payload|monitor)\.([\w.-]{1,64})/.exec(cgroup) ??
    /machine-([^/\n]{1,128})\.scope/.exec(cgroup) ??
    /systemd-nspawn@([^/\n]{1,128})\.service/.exec(cgroup);
  const name = byName?.[1]?.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { name: name === undefined ? null : `machine ${name}`, engineId: null };
}

const ENGINES: ReadonlyMap<string, string> = new Map([
  ['libpod', 'podman'],
  ['cri-containerd', 'containerd'],
]);
