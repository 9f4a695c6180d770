import { isIP, isIPv6, SocketAddress } from 'node:net';
import { isInNetworks } from '../networks.ts';

/** More proxies than anybody has one behind the other; what is further left is not looked at. */
const HOPS_LIMIT = 10;

/**
 * Whose request it is. Each proxy appends whom it saw, so only what stands right of the first address that is no trusted proxy
 * is true: the rest was written by whoever asked. What can't be read ends it at the last proxy that is known.
 *
 * @param peer other end of the connection
 * @param forwardedFor the header X-Forwarded-For, all of its lines joined by commas
 * @param proxies CIDR blocks
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, proxies: readonly string[]): string {
  let known = peer;
  const seen = (forwardedFor ?? '').split(',').slice(-HOPS_LIMIT).reverse();
  for (const text of seen) {
    if (!isInNetworks(known, proxies)) return known;
    const address = readAddress(text);
    if (address === undefined) return known;
    known = address;
  }
  return known;
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`; in one way of writing for each address. */
function readAddress(text: string): string | undefined {
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(text.trim()) ?? [];
  const address = (bracketed ?? dotted ?? text.trim()).replace(/^::ffff:(?=\d+\.)/i, '');
  // A zone (fe80::1%eth0) says something only on the machine that wrote it.
  if (isIP(address) === 0 || address.includes('%')) return undefined;
  return isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;
}
