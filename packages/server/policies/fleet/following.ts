import { policyOf } from '@thimble/rollouts';
import type { Followable } from '../documents/with-draft.ts';
import type { FleetMember } from './endpoint-traits.ts';

/** Who follows what, found in one pass over the fleet. */
export interface Following {
  /** By the policy's id; a policy that nobody follows is not in it. */
  readonly followers: ReadonlyMap<string, readonly FleetMember[]>;
  /** Those that follow none: nothing patches them by itself. */
  readonly uncovered: readonly FleetMember[];
}

export function followingOf(members: readonly FleetMember[], policies: readonly Followable[]): Following {
  const followed = followedBy(policies);
  const byPolicy = Map.groupBy(members, followed);
  const uncovered = byPolicy.get(null) ?? [];
  const followers = new Map([...byPolicy].flatMap(([id, list]) => (id === null ? [] : [[id, list] as const])));
  return { followers, uncovered };
}

/** Which policy a member follows: found once for all that differ in their names alone, unless a policy sorts by names. */
export function followedBy(policies: readonly Followable[]): (member: FleetMember) => string | null {
  const byName = policies.some(
    ({ policy: { scope, exclude } }) => scope.hostnames !== undefined || exclude?.hostnames !== undefined,
  );
  const known = new Map<string, string | null>();
  return ({ kind, traits }) => {
    const key = byName ? `${kind}\0${traits.hostname}` : kind;
    let id = known.get(key);
    if (id === undefined) known.set(key, (id = policyOf(traits, policies).policy?.id ?? null));
    return id;
  };
}
