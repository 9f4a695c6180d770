import { isIP } from 'node:net';
import { UpstreamError } from '../upstream-error.ts';
import { isPrivateAddress, privateAddressError } from './private-address.ts';
import { assertAskable } from './forbidden-host.ts';
import { printable } from './printable.ts';

/** What people configured, which is all that may be in clear text or inside the own network. */
export interface ConfiguredAddresses {
  /** Asked as it is, also without TLS. */
  readonly isConfigured: (url: URL) => boolean;
  /** Its host may be inside the own network; others have to be public. */
  readonly isTrusted: (url: URL) => boolean;
}

/**
 * Refuses what a document or redirect of an upstream may not lead to: only https and public, or what was configured. Nor may
 * anybody configure where machines get their credentials.
 *
 * @throws UpstreamError `refused`
 */
export function assertAllowed(url: URL, { isConfigured, isTrusted }: ConfiguredAddresses): void {
  assertAskable(url.hostname);
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
  if (isHttp && isConfigured(url)) return;
  if (url.protocol !== 'https:')
    throw new UpstreamError('refused', `${printable(url)} is refused: an upstream may lead only to https addresses`);
  if (isTrusted(url)) return;
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(literal) !== 0 && isPrivateAddress(literal)) throw privateAddressError(url.hostname, literal);
}
