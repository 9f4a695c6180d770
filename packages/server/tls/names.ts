import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';

/**
 * Every name and address by which this machine may be asked for, sorted: its host name, the public address if given,
 * localhost, and the addresses of all interfaces (link-local ones can't be written in a URL that works elsewhere).
 */
export function ownNames(
  publicUrl: string | undefined,
  host: string = hostname(),
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): readonly string[] {
  const names = new Set(['localhost', '127.0.0.1', '::1', host.toLowerCase()]);
  if (publicUrl !== undefined) names.add(new URL(publicUrl).hostname.replace(/^\[|\]$/g, ''));
  for (const addresses of Object.values(interfaces))
    for (const { address } of addresses ?? []) if (!/^fe80:/i.test(address)) names.add(address);
  return [...names].filter(isCertifiable).sort();
}

/** A host name with other characters than DNS has (RFC 1123 section 2.1) can't stand in a certificate. */
function isCertifiable(name: string): boolean {
  return (
    isIP(name) !== 0 || /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(name)
  );
}
