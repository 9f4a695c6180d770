import { assignRings, budgetGroupsOf, policyOf } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import { endpointTraits, pendingUpdates, policiesInForce, type StandingPolicy } from '../../policies/index.ts';
import type { Tables } from '../../storage/index.ts';
import { expectedDurations } from './expected-durations.ts';
import { gatherPatches, type GatheredPatches } from './gather-patches.ts';

/** An endpoint's part in a rollout, fixed at its start. */
export interface GatheredMember {
  readonly endpointId: string;
  readonly ring: number;
  readonly patchSet: number;
  readonly timeZone: string;
  readonly budgetGroups: readonly (readonly string[])[];
  readonly expectedMs: number;
}

export interface Gathered {
  readonly standing: StandingPolicy;
  readonly members: readonly GatheredMember[];
  readonly patches: GatheredPatches;
  /** Endpoints that follow the policy, whether or not they lack anything. */
  readonly followerCount: number;
  /** Host names of endpoints that lack something and are in none of the policy's rings. */
  readonly ringless: readonly string[];
}

/**
 * Who takes part in a rollout that starts now, and what they lack. Whoever lacks nothing that the policy takes is no member, and who
 * comes later joins the next rollout.
 *
 * @returns undefined: there is no such policy, or it is switched off.
 */
export async function gatherMembers(
  within: Kysely<Tables>,
  organisationId: string,
  policyId: string,
  { now, timeZone: serverZone }: { readonly now: Date; readonly timeZone: string },
): Promise<Gathered | undefined> {
  const policies = await policiesInForce(within, organisationId);
  const standing = policies.find(({ id }) => id === policyId);
  if (standing === undefined) return undefined;
  const { policy } = standing;
  const fleet = await endpointTraits(within, organisationId, null, serverZone);
  const followers = fleet.filter(({ traits }) => policyOf(traits, policies).policy?.id === policyId);
  const ids = followers.map(({ id }) => id);
  const pending = await pendingUpdates(within, organisationId, ids, now);
  const patches = gatherPatches(policy, pending.lists, now.getTime());
  const rings = assignRings(policy, policyId, followers);
  const learned = await expectedDurations(within, organisationId, ids);
  const ringless: string[] = [];
  const members = followers.flatMap(({ id, traits, timeZone }): readonly GatheredMember[] => {
    const patchSet = patches.setOf.get(pending.ofEndpoint.get(id) ?? '');
    const ring = rings.get(id);
    if (patchSet === undefined) return [];
    if (ring === undefined) {
      ringless.push(traits.hostname);
      return [];
    }
    const expectedMs = policy.deploy.expectedDurationMs ?? learned(id);
    return [{ endpointId: id, ring, patchSet, timeZone, budgetGroups: budgetGroupsOf(policy, traits), expectedMs }];
  });
  return { standing, members, patches, followerCount: followers.length, ringless };
}
