import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A service that takes longer than this to take a connection on its own machine is not well. */
const CONNECT_MS = 5000;
/** A machine with more addresses is asked at its first ones. */
const ADDRESSES_MAX = 32;

/** Whether this machine takes connections at a port: on loopback, or else on one of its own addresses. @returns why not; null: it does. */
export async function probeTcp(port: number): Promise<string | null> {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  // A link-local address means nothing without its interface.
  const others = own.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  const addresses = ['127.0.0.1', '::1', ...others.map(({ address }) => address)].slice(0, ADDRESSES_MAX);
  const failures = await Promise.all(addresses.map((address) => connectTo(address, port)));
  return failures.includes(null) ? null : `nothing takes connections at port ${port} (${failures[0] ?? 'unknown'})`;
}

function connectTo(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (why: string | null) => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(CONNECT_MS, () => end('no answer'));
    socket.once('connect', () => end(null));
    socket.once('error', ({ message }) => end(message));
  });
}
