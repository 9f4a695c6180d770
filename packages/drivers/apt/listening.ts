import type { Host } from '../host.ts';
import { parseSocketTable, SOCKET_TABLES } from '../socket-table.ts';
import { READ_LIMITS } from './limits.ts';

/** From where a process can be reached: not at all, from this machine only, or from others. */
export type Reach = 'none' | 'loopback' | 'beyond';

const AT_ONCE = 16;
const DESCRIPTORS_MAX = 10_000;

/**
 * How far each process can be reached, by its listening sockets. Processes of a network namespace of their own have tables
 * of their own. What can't be looked into is left out.
 */
export async function readReach(host: Host, pids: readonly number[]): Promise<ReadonlyMap<number, Reach>> {
  const tables = new Map<string, ReadonlyMap<string, Reach>>();
  const reach = new Map<number, Reach>();
  for (let start = 0; start < pids.length; start += AT_ONCE)
    await Promise.all(
      pids.slice(start, start + AT_ONCE).map(async (pid) => {
        const namespace = await host.readLink(`/proc/${pid}/ns/net`).catch(() => null);
        if (namespace === null) return;
        let sockets = tables.get(namespace);
        if (sockets === undefined) {
          sockets = await listeningSockets(host, pid);
          tables.set(namespace, sockets);
        }
        if (sockets.size > 0) reach.set(pid, await reachOf(host, pid, sockets));
      }),
    );
  return reach;
}

async function listeningSockets(host: Host, pid: number): Promise<ReadonlyMap<string, Reach>> {
  const sockets = new Map<string, Reach>();
  for (const table of SOCKET_TABLES) {
    const text = await host
      .readFile(`/proc/${pid}/net/${table}`, { maxBytes: READ_LIMITS.mapsBytes })
      .catch(() => null);
    for (const [inode, reach] of parseSockets(text?.toString('latin1') ?? '')) sockets.set(inode, reach);
  }
  return sockets;
}

/** Inode of each listening socket, and who can reach its address. */
export function parseSockets(text: string): ReadonlyMap<string, Reach> {
  return new Map(
    parseSocketTable(text).map(({ inode, address }) => [inode, isLoopback(address) ? 'loopback' : 'beyond']),
  );
}

/** The kernel prints addresses as 32-bit words in its own byte order: 127.0.0.1 ends in 7F on little-endian machines. */
function isLoopback(address: string): boolean {
  if (address.length === 8) return address.endsWith('7F') || address.startsWith('7F');
  const isMapped = /^0{16}(?:FFFF0000|0000FFFF)/.test(address);
  return isMapped ? isLoopback(address.slice(24)) : /^0{24}(?:01000000|00000001)$/.test(address);
}

async function reachOf(host: Host, pid: number, sockets: ReadonlyMap<string, Reach>): Promise<Reach> {
  const names = (await host.listDirectory(`/proc/${pid}/fd`).catch(() => null)) ?? [];
  let reach: Reach = 'none';
  for (const name of names.slice(0, DESCRIPTORS_MAX)) {
    const link = await host.readLink(`/proc/${pid}/fd/${name}`).catch(() => null);
    const inode = /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1];
    const found = inode === undefined ? undefined : sockets.get(inode);
    if (found === 'beyond') return 'beyond';
    if (found !== undefined) reach = found;
  }
  return reach;
}
