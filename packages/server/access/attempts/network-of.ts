import { isIPv6 } from 'node:net';

const GROUPS = 8;
/** RFC 6177: a site gets at least this much, so whoever has one address of it has all 2^64. */
const SITE_GROUPS = 4;

/** By what tries from an address are counted: an IPv4 address, or the 64 bits of an IPv6 address that its holder can't choose. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail] = address.split('%', 1).join('').split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const left = tail === undefined ? 0 : GROUPS - before.length - after.length;
  const all = [...before, ...Array.from({ length: Math.max(0, left) }, () => '0'), ...after];
  const site = all.slice(0, SITE_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${site.join(':')}::/64`;
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
