import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { channelOf } from '../../http/channel.ts';
import { HttpProblem } from '../../http/problem.ts';

/** For whom a passkey is: a host name, and the addresses of pages that may ask for it. */
export interface RelyingParty {
  readonly kind: 'available';
  readonly rpId: string;
  readonly origins: readonly string[];
}

/**
 * Web Authentication level 3 section 5.1.2 takes host names only. The Host header says what the browser uses; but only the
 * name that the server is known by, and localhost, are names for which it asks, so that no other name that leads here
 * gets passkeys of its own.
 */
export function relyingPartyOf(
  request: FastifyRequest,
  publicUrl: string,
): RelyingParty | { readonly kind: 'unavailable'; readonly why: string } {
  const rpId = request.hostname.toLowerCase();
  const known = new URL(publicUrl);
  if (isIP(rpId.replace(/^\[(.*)\]$/, '$1')) !== 0)
    return { kind: 'unavailable', why: `Passkeys need a host name. Open ${publicUrl} instead of an IP address.` };
  if (rpId !== 'localhost' && rpId !== known.hostname)
    return { kind: 'unavailable', why: `Passkeys are for ${known.hostname}. Open ${publicUrl} instead.` };
  const here = `${channelOf(request.raw) === 'tls' ? 'https' : 'http'}://${request.host.toLowerCase()}`;
  // Behind a proxy that speaks TLS, the page's origin is the public one.
  return { kind: 'available', rpId, origins: rpId === known.hostname ? [here, known.origin] : [here] };
}

/** @throws HttpProblem 409 `no-passkeys-here` */
export function demandRelyingParty(request: FastifyRequest, publicUrl: string): RelyingParty {
  const party = relyingPartyOf(request, publicUrl);
  if (party.kind === 'unavailable') throw new HttpProblem(409, 'no-passkeys-here', { detail: party.why });
  return party;
}
