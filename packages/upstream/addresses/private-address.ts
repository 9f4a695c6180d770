import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { UpstreamError } from '../upstream-error.ts';

/**
 * Whether an address is of this machine, of a private network or otherwise not of the public internet (IANA special-purpose
 * registries, RFC 6890). Addresses that wrap an IPv4 one (mapped, NAT64, 6to4) count as such: nothing public needs them.
 */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return PRIVATE_IPV4.check(address, 'ipv4');
  return version === 0 || PRIVATE_IPV6.check(address, 'ipv6');
}

/**
 * Whether nobody may be asked at this address, whatever was configured: link-local, where clouds give machines their credentials, and
 * the other addresses at which some of them do.
 */
export function isForbiddenAddress(address: string): boolean {
  const version = isIP(address);
  return version === 4 ? FORBIDDEN_IPV4.check(address, 'ipv4') : version === 0 || FORBIDDEN_IPV6.check(address, 'ipv6');
}

/** For host names that an upstream document or redirect named: refuses before a connection is made. */
export const publicLookup = lookupUnless(isPrivateAddress, privateAddressError);

/** For host names that people configured: they may be inside, but whoever answers for a name can't lead anywhere. */
export const configuredLookup = lookupUnless(
  isForbiddenAddress,
  (hostname, address) =>
    new UpstreamError('refused', `${hostname} is ${address}: link-local and metadata addresses are never asked`),
);

function lookupUnless(
  isRefused: (address: string) => boolean,
  refusal: (hostname: string, address: string) => UpstreamError,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const found = addresses.find(({ address }) => isRefused(address));
      if (found !== undefined) return callback(refusal(hostname, found.address), []);
      const [first] = addresses;
      if (options.all === true || first === undefined) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

export function privateAddressError(hostname: string, address: string): UpstreamError {
  return new UpstreamError(
    'refused',
    `an upstream names ${hostname}, which is ${address}: addresses inside this network are asked only when they are ` +
      'configured as a base address',
  );
}

// Two lists: in one, Node would find every IPv4 address in `::ffff:0:0/96`.
const PRIVATE_IPV4 = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  PRIVATE_IPV4.addSubnet(network, prefix, 'ipv4');

const PRIVATE_IPV6 = new BlockList();
for (const [network, prefix] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE_IPV6.addSubnet(network, prefix, 'ipv6');

const FORBIDDEN_IPV4 = new BlockList();
const FORBIDDEN_IPV6 = new BlockList();
for (const [network, prefix] of [
  ['169.254.0.0', 16],
  // 'This' network: Linux connects it to loopback, which has a name of its own.
  ['0.0.0.0', 8],
  // Of Alibaba, Oracle and Azure.
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
] as const) {
  FORBIDDEN_IPV4.addSubnet(network, prefix, 'ipv4');
  // As IPv6 wraps it: mapped, by NAT64, by 6to4.
  FORBIDDEN_IPV6.addSubnet(`::ffff:${network}`, 96 + prefix, 'ipv6');
  FORBIDDEN_IPV6.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
  FORBIDDEN_IPV6.addSubnet(`2002:${hexOf(network)}::`, 16 + prefix, 'ipv6');
}
FORBIDDEN_IPV6.addAddress('::', 'ipv6');
for (const [network, prefix] of [
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
] as const)
  FORBIDDEN_IPV6.addSubnet(network, prefix, 'ipv6');

/** `a9fe:0000` of `169.254.0.0`. */
function hexOf(ipv4: string): string {
  const [a = '', b = '', c = '', d = ''] = ipv4.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `${a}${b}:${c}${d}`;
}
