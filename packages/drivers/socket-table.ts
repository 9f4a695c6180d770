export const SOCKET_TABLES = ['tcp', 'tcp6', 'udp', 'udp6'] as const;

/** A socket that serves, out of /proc/net/tcp and its kin. */
export interface ServingSocket {
  /** 8 or 32 hexadecimal digits, as the kernel prints them: 32-bit words in its own byte order. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** proc_net(5): TCP's LISTEN, and the state that an unconnected UDP socket has. */
const LISTEN = '0A';
const UNCONNECTED = '07';
/** ip_local_port_range: from here on the kernel gives ports to whoever names none. */
export const EPHEMERAL_FROM = 32_768;

/** A UDP socket with an ephemeral port asked somebody something, it does not serve. */
export function parseSocketTable(text: string): readonly ServingSocket[] {
  const sockets: ServingSocket[] = [];
  for (const line of text.split('\n')) {
    const match =
      /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +\d+ +\d+ (\d+)/.exec(
        line,
      );
    const [, address = '', portDigits = '', remotePort = '', state = '', inode = ''] = match ?? [];
    if (match === null || inode === '0') continue;
    const port = Number.parseInt(portDigits, 16);
    const isServer = state === UNCONNECTED && remotePort === '0000' && port < EPHEMERAL_FROM && port !== 0;
    if (state === LISTEN || isServer) sockets.push({ address, port, inode });
  }
  return sockets;
}
