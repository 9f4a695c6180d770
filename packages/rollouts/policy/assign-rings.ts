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
 * order; then percentages and counts, from those that are left; then `rest`, wherever it stands.
 *
 * Membership is stable: an endpoint's place comes from the policy's id and its own alone, so whoever comes or goes moves nobody from one
 * percentage into another, and a percentage or count that grows keeps whom it had. Two exceptions move one endpoint: a count stays full,
 * and a percentage of a small fleet has at least one, because a ring of nobody proves nothing.
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
  for (const [index, { members }] of policy.rings.entries()) {
    const taken = new Set(takenBy(members, policyId, percentBefore, left).map(({ id }) => id));
    for (const id of taken) rings.set(id, index);
    if (taken.size > 0) left = left.filter(({ id }) => !taken.has(id));
    if (members.kind === 'percent') percentBefore += members.percent;
  }
  const rest = policy.rings.findIndex(({ members }) => members.kind === 'rest');
  if (rest >= 0) for (const { id } of left) rings.set(id, rest);
  return rings;
}

function takenBy(
  members: Ring['members'],
  policyId: string,
  percentBefore: number,
  left: readonly RingCandidate[],
): readonly RingCandidate[] {
  switch (members.kind) {
    case 'filter':
    case 'rest':
      return [];
    case 'percent': {
      const own = left.filter(({ id }) => {
        const place = stablePlace(`${policyId}/${id}`) * 100;
        return place >= percentBefore && place < percentBefore + members.percent;
      });
      return own.length > 0 ? own : inOrder(left, `${policyId}/`).slice(0, 1);
    }
    case 'count':
      // Other places than for percentages: else a count would empty the first percentage.
      return inOrder(left, `count/${policyId}/`).slice(0, members.count);
  }
}

function inOrder(candidates: readonly RingCandidate[], prefix: string): readonly RingCandidate[] {
  return candidates
    .map((candidate) => ({ candidate, place: stablePlace(`${prefix}${candidate.id}`) }))
    .sort((a, b) => a.place - b.place || (a.candidate.id < b.candidate.id ? -1 : 1))
    .map(({ candidate }) => candidate);
}
