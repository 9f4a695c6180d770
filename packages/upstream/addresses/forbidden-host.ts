import { isIP, type LookupFunction } from 'node:net';
import { UpstreamError } from '../upstream-error.ts';
import { configuredLookup, isForbiddenAddress } from './private-address.ts';

/** Names by which clouds give machines their own credentials. What they lead to is refused too, but not every proxy resolves here. */
const METADATA_HOSTS: ReadonlySet<string> = new Set([
  'metadata.google.internal',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
]);

/**
 * Whether nobody may be asked at this host, whatever was configured. Names that lead to such an address are found only when
 * they are looked up: see `askable`.
 *
 * @param hostname as URL gives it: numbers are in their usual form whatever way they were written.
 */
export function isForbiddenHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  return METADATA_HOSTS.has(host) || (isIP(host) !== 0 && isForbiddenAddress(host));
}

/**
 * For a connection to what people configured, other than by HTTP: options of node:net and node:tls. The address that was looked at is
 * the one that is connected to, so a name can't lead elsewhere in between.
 *
 * @throws UpstreamError `refused`
 */
export function askable(hostname: string): { readonly host: string; readonly lookup: LookupFunction } {
  assertAskable(hostname);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), lookup: configuredLookup };
}

/** @throws UpstreamError `refused` */
export function assertAskable(hostname: string): void {
  if (isForbiddenHost(hostname))
    throw new UpstreamError('refused', `${hostname} is refused: link-local and metadata addresses are never asked`);
}
