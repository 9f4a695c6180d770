import { matchesEndpoint } from './matches-endpoint.ts';
import type { Policy, Ring } from './policy.ts';
import { stablePlace } from './stable-place.ts';
import type { EndpointTraits } from './traits.ts';

export interface RingCandidate {
  readonly id: string;
  readonly traits: EndpointTraits;
}

/**
 * Which ring each endpoint is in: its index in `policy.rings`; who is not in the map is in none. Rings with a filter choose first, in their
 * order; then the others take from those that are left. Membership is stable: an endpoint's place comes from the policy's and its own id
 * alone, so whoever comes or goes moves nobody between percentages, and at most one for each ring with a count. A percentage or
 * count that grows keeps whom it had.
 */
export function assignRings(
  policy: Pick<Policy, 'rings'>,
  policyId: string,
  endpoints: readonly RingCandidate[],
): ReadonlyMap<string, number> {
  const rings = new Map<string, number>();
  let left: readonly RingCandidate[] = endpoints.filter(({ id, traits }) => {
    const index = policy.rings.findIndex(
      ({ members }) => members.kind === 'filter' && matchesEndpoint(members.filter, traits),
    );
    if (index >= 0) rings.set(id, index);
    return index < 0;
  });
  let percentBefore = 0;
  policy.rings.forEach((ring, index) => {
    if (ring.members.kind === 'filter') return;
    const taken = new Set(takenBy(ring.members, policyId, percentBefore, left).map(({ id }) => id));
    for (const id of taken) rings.set(id, index);
    left = left.filter(({ id }) => !taken.has(id));
    if (ring.members.kind === 'percent') percentBefore += ring.members.percent;
  });
  return rings;
}

function takenBy(
  members: Exclude<Ring['members'], { kind: 'filter' }>,
  policyId: string,
  percentBefore: number,
  left: readonly RingCandidate[],
): readonly RingCandidate[] {
  switch (members.kind) {
    case 'rest':
      return left;
    case 'percent':
      return left.filter(({ id }) => {
        const place = stablePlace(`${policyId}/${id}`) * 100;
        return place >= percentBefore && place < percentBefore + members.percent;
      });
    case 'count':
      // Another place than for percentages: else a count would empty the first percentage.
      return left
        .map((candidate) => ({ candidate, place: stablePlace(`count/${policyId}/${candidate.id}`) }))
        .sort((a, b) => a.place - b.place || (a.candidate.id < b.candidate.id ? -1 : 1))
        .slice(0, members.count)
        .map(({ candidate }) => candidate);
  }
}
