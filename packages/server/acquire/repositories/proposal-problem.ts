import { HttpProblem } from '../../http/index.ts';
import { baseAddress, webAddress } from './address.ts';
import type { ProposedPlace } from './proposed-place.ts';
import { problemOf } from './public-key.ts';

/** Why a place can't be added as it is; empty: it can. */
export function problemOfProposal(
  { first, uris, keys, unsignedCount, endpointCount }: ProposedPlace,
  now: Date,
): string {
  if (first.format === 'generic') return 'Files without a repository format are added by hand, each with its digest.';
  try {
    for (const uri of uris.values()) baseAddress(uri);
    if (first.mirrorList !== null) webAddress(first.mirrorList);
  } catch (error) {
    if (error instanceof HttpProblem) return `${error.details.detail ?? ''} ${error.details.hint ?? ''}`.trim();
    throw error;
  }
  if (uris.size === 0)
    return 'It has no base address of its own, only a list of mirrors: add it by hand with one of them.';
  if (keys.size === 0)
    return unsignedCount > 0
      ? `${unsignedCount} of ${endpointCount} endpoints take it without a signature, so there is no key that could vouch for it. ` +
          'Get the vendor’s key from a place that you trust and add it by hand with that key.'
      : 'No key could be read on the endpoints that have it. Add it by hand with the vendor’s key.';
  if ([...keys.values()].every(({ key }) => problemOf(key, now) !== ''))
    return 'All keys that endpoints accept for it are expired, revoked or too weak. Install the vendor’s new key there, or add it by hand with that key.';
  return '';
}
