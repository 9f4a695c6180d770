import { isIP } from 'node:net';
import { HttpProblem } from '../../http/index.ts';

/**
 * Hosts by which clouds give machines their own credentials. Link-local addresses are refused as a whole; these are the names and
 * the numbers that are not link-local.
 */
const METADATA_HOSTS: ReadonlySet<string> = new Set([
  'metadata.google.internal',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
]);

/**
 * Base address of a repository, with a slash at its end. Inner hosts are allowed: a person names them here.
 *
 * @throws HttpProblem 422
 */
export function baseAddress(text: string): string {
  const url = webAddress(text);
  if (url.search !== '')
    throw badAddress(text, 'has a query, but files are below it', 'Give the address of the folder alone.');
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

/** @throws HttpProblem 422 */
export function webAddress(text: string): URL {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw badAddress(
      text,
      'is no http or https address',
      'Other ways (files, CDs, tor, ssh) can’t be frozen: give an address of a web server that has the same.',
    );
  if (url.username !== '' || url.password !== '')
    throw badAddress(
      `${url.protocol}//${url.host}${url.pathname}`,
      'has a user name or password in it',
      'Leave it out: addresses are shown to everybody here and sent to endpoints.',
    );
  if (url.hash !== '') throw badAddress(text, 'has a fragment', 'Leave out what follows the number sign.');
  if (isOffLimits(url.hostname))
    throw badAddress(
      text,
      'is an address by which machines get their own credentials',
      'No repository is there: link-local and metadata addresses are never asked.',
    );
  return url;
}

/** @param hostname as URL gives it: numbers are in their usual form whatever way they were written. */
function isOffLimits(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (METADATA_HOSTS.has(host)) return true;
  if (isIP(host) === 4) return host.startsWith('169.254.') || host.startsWith('0.');
  // fe80::/10, and IPv4 link-local as IPv6 wraps it: mapped, by NAT64, by 6to4.
  if (isIP(host) === 6) return /^(?:fe[89ab]|::ffff:a9fe:|64:ff9b::a9fe:|2002:a9fe:)/.test(host);
  return false;
}

function badAddress(text: string, what: string, hint: string): HttpProblem {
  return new HttpProblem(422, 'bad-address', { detail: `${text.slice(0, 300)} ${what}.`, hint });
}
