import { policyOf } from '@thimble/rollouts';
import type { StandingPolicy } from '../documents/standing-policies.ts';
import type { FleetMember } from './endpoint-traits.ts';

/** Who follows what, found in one pass over the fleet. */
export interface Following {
  /** By the policy's id; a policy that nobody follows is not in it. */
  readonly followers: ReadonlyMap<string, readonly FleetMember[]>;
  /** Those that follow none: nothing patches them by itself. */
  readonly uncovered: readonly FleetMember[];
}

export function followingOf(
  members: readonly FleetMember[],
  policies: readonly Pick<StandingPolicy, 'id' | 'policy'>[],
): Following {
  const byPolicy = Map.groupBy(members, ({ traits }) => policyOf(traits, policies).policy?.id);
  const uncovered = byPolicy.get(undefined) ?? [];
  const followers = new Map([...byPolicy].flatMap(([id, list]) => (id === undefined ? [] : [[id, list] as const])));
  return { followers, uncovered };
}
