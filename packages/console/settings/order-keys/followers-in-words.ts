import type { OrderKeyStatus } from '@thimble/protocol';
import { plural } from '../../format/quantity.ts';

/** How many endpoints follow the newest list, and why others do not. */
export function followersInWords({ sequence, endpoints }: OrderKeyStatus): string {
  const { following, behind, astray, unheard } = endpoints;
  const all = following + behind + astray + unheard;
  if (all === 0) return 'There is no endpoint yet.';
  return [
    `${plural(following, 'endpoint')} of ${all} ${following === 1 ? 'follows' : 'follow'} the newest list, number ${sequence}.`,
    ...(behind === 0 ? [] : [`${plural(behind, 'endpoint')} will with the next check-in.`]),
    ...(unheard === 0 ? [] : [`${plural(unheard, 'endpoint')} did not say yet which list they have.`]),
  ].join(' ');
}

/** Of one that does not follow. */
export function standingOf({ sequence: held }: OrderKeyStatus['notFollowing'][number], newest: number): string {
  if (held === null) return 'did not say yet';
  return held < newest ? `has list ${held}` : `has a list ${held} that this server did not make`;
}
