import { BlockList, isIP, isIPv4 } from 'node:net';
import { HttpProblem } from './problem.ts';

/**
 * Reads CIDR blocks, and prints them in one way: `10.2.0.0/16`, `2001:db8::/32`; an address alone is a block of one.
 *
 * @throws HttpProblem 422 `bad-network`
 */
export function readNetworks(texts: readonly string[]): string[] {
  return texts.map((text) => {
    const [address = '', bits, ...rest] = text.trim().split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (family === 0 || rest.length > 0 || !(length >= 0 && length <= most))
      throw new HttpProblem(422, 'bad-network', {
        detail: `${JSON.stringify(text)} is not a network.`,
        hint: 'Write it like 10.2.0.0/16 or 2001:db8::/32.',
      });
    return `${address}/${length}`;
  });
}

/** Whether an address is in one of these networks. IPv4 as IPv6 sees it (`::ffff:10.2.0.1`) is IPv4. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) === 0) return false;
  const family = isIPv4(plain) ? 'ipv4' : 'ipv6';
  // A list of each family: with both in one, IPv4's blocks also match what they should not.
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits = ''] = network.split('/');
    if (isIPv4(base) === (family === 'ipv4') && isIP(base) !== 0) list.addSubnet(base, Number(bits), family);
  }
  return list.check(plain, family);
}
