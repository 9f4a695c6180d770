import { endianness } from 'node:os';
import { HostError, type Host } from './host.ts';
import { EPHEMERAL_FROM, parseSocketTable, SOCKET_TABLES, type ServingSocket } from './socket-table.ts';

/**
 * Who listens in the machine's own network namespace: `tcp 0.0.0.0:443 nginx`, sorted, each once. Sockets of containers
 * with a network of their own are not among them, nor what people run in their sessions: that comes and goes with them; nor this
 * process itself, which listens while it fetches. Null: it could not be read.
 */
export async function readListeners(host: Host): Promise<readonly string[] | null> {
  const sockets: (ServingSocket & { readonly protocol: string })[] = [];
  for (const table of SOCKET_TABLES) {
    const text = await readText(host, `/proc/1/net/${table}`, TABLE_BYTES);
    // A kernel without IPv6 has no tables of it.
    if (text === null && !table.endsWith('6')) return null;
    const protocol = table.replace('6', '');
    sockets.push(...parseSocketTable(text ?? '').map((socket) => ({ ...socket, protocol })));
  }
  const owners = await ownersOf(host, new Set(sockets.map(({ inode }) => inode)));
  if (owners === null) return null;
  const lines = sockets.flatMap(({ protocol, address, port, inode }) => {
    const owner = owners.get(inode) ?? UNKNOWN;
    const line = `${protocol} ${endpointInWords(address, port)} ${owner.command}`;
    return owner.passes ? [] : [line.slice(0, LABEL_MAX)];
  });
  return [...new Set(lines)].sort().slice(0, LISTENERS_MAX);
}

/**
 * Those of before that nothing listens on now. Another process on the same address and port will do: a daemon may be
 * renamed by its new version, and a socket may be held by systemd for it. Ports that the kernel gave are other ones after
 * each restart, so there a process listens still if it listens on any of them.
 */
export function lostListeners(before: readonly string[], after: readonly string[]): readonly string[] {
  const present = new Set(after.map(identity));
  return before.filter((line) => !present.has(identity(line)));
}

function identity(line: string): string {
  const [, protocol = '', address = '', port = '', command = ''] = /^(\S+) (\S+):(\d+) (.*)$/.exec(line) ?? [];
  if (address === '') return line;
  return Number(port) < EPHEMERAL_FROM
    ? `${protocol} ${address} ${port}`
    : `${protocol} ${address} ephemeral ${command}`;
}

/** A line has 150 bytes: 200,000 sockets. */
const TABLE_BYTES = 32 * 1024 * 1024;
/** As many as an outcome may name. */
const LISTENERS_MAX = 1000;
const LABEL_MAX = 512;
const PROCESSES_AT_ONCE = 16;
const DESCRIPTORS_MAX = 10_000;

interface Owner {
  readonly command: string;
  /** Of a person's session, systemd.slice(5), or this process: it comes and goes whatever is installed. */
  readonly passes: boolean;
}
const UNKNOWN: Owner = { command: 'unknown', passes: false };

/** The processes that hold these sockets; of several the one with the smallest id. */
async function ownersOf(host: Host, inodes: ReadonlySet<string>): Promise<ReadonlyMap<string, Owner> | null> {
  const names = await host.listDirectory('/proc').catch(unlessBug);
  if (names === null) return null;
  const self = await host.readLink('/proc/self').catch(unlessBug);
  const pids = names.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b));
  const owners = new Map<string, Owner>();
  for (let start = 0; start < pids.length; start += PROCESSES_AT_ONCE) {
    const held = await Promise.all(
      pids.slice(start, start + PROCESSES_AT_ONCE).map(async (pid) => {
        const sockets = await heldSockets(host, pid, inodes);
        return { sockets, owner: sockets.length === 0 ? UNKNOWN : await ownerWith(host, pid, pid === self) };
      }),
    );
    for (const { sockets, owner } of held)
      for (const inode of sockets) if (!owners.has(inode)) owners.set(inode, owner);
  }
  return owners;
}

async function heldSockets(host: Host, pid: string, inodes: ReadonlySet<string>): Promise<readonly string[]> {
  const names = (await host.listDirectory(`/proc/${pid}/fd`).catch(unlessBug)) ?? [];
  const found: string[] = [];
  for (const name of names.slice(0, DESCRIPTORS_MAX)) {
    const link = await host.readLink(`/proc/${pid}/fd/${name}`).catch(unlessBug);
    const inode = /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1];
    if (inode !== undefined && inodes.has(inode)) found.push(inode);
  }
  return found;
}

async function ownerWith(host: Host, pid: string, isSelf: boolean): Promise<Owner> {
  const command = (await readText(host, `/proc/${pid}/comm`, 4096)) ?? UNKNOWN.command;
  const group = (await readText(host, `/proc/${pid}/cgroup`, 64 * 1024)) ?? '';
  return {
    command: command.replace(/[\p{Cc}\s]+/gu, ' ').trim(),
    passes: isSelf || /(^|:|\/)user\.slice\//m.test(group),
  };
}

async function readText(host: Host, path: string, maxBytes: number): Promise<string | null> {
  return (await host.readFile(path, { maxBytes }).catch(unlessBug))?.toString('latin1') ?? null;
}

/** A process that is gone or not ours to look into. */
function unlessBug(error: unknown): null {
  if (error instanceof HostError) return null;
  throw error;
}

function endpointInWords(address: string, port: number): string {
  const words = address.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => {
    const pairs = (word.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    return endianness() === 'LE' ? pairs.reverse() : pairs;
  });
  return bytes.length === 4 ? `${bytes.join('.')}:${port}` : `${ipv6(bytes)}:${port}`;
}

/** In brackets and with its longest row of zeros left out, as URL prints it (RFC 5952). */
function ipv6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bytes[at * 2] ?? 0) * 256 + (bytes[at * 2 + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]/`).hostname;
}
