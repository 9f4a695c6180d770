import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The way by which a request came: TLS, plain HTTP, or the Unix socket that only the server's own user can open. */
export type Channel = 'tls' | 'plain' | 'unix';

const unixPeers = new WeakSet<Socket>();

export function markUnixPeer(socket: Socket): void {
  unixPeers.add(socket);
}

export function channelOf({ socket }: IncomingMessage): Channel {
  if (socket instanceof TLSSocket) return 'tls';
  return unixPeers.has(socket) ? 'unix' : 'plain';
}

/** 127.0.0.0/8, ::1, and the former as IPv6 sees it. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);
}
