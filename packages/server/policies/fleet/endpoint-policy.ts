import type { EndpointPolicy } from '@thimble/protocol';
import { assignRings, policyOf } from '@thimble/rollouts';
import type { ServerContext } from '../../context.ts';
import { unknownEndpoint } from '../../discover/index.ts';
import { standingPolicies } from '../documents/standing-policies.ts';
import { endpointTraits } from './endpoint-traits.ts';
import { followingOf } from './following.ts';

/** Which policy an endpoint follows now, in which ring, and why not another one. @throws HttpProblem 404 */
export async function endpointPolicy(
  { database: { kysely }, settings }: Pick<ServerContext, 'database' | 'settings'>,
  organisationId: string,
  endpointId: string,
): Promise<EndpointPolicy> {
  const [member] = await endpointTraits(kysely, organisationId, [endpointId], settings.timeZone);
  if (member === undefined) throw unknownEndpoint();
  const policies = await standingPolicies(kysely, organisationId);
  const { policy: followed, because, others } = policyOf(member.traits, policies);
  const reasons = others.map(({ policy: { id, policy }, why }) => ({ id, name: policy.name, why }));
  if (followed === null) return { policy: null, because, others: reasons };
  // A ring of a number of endpoints is known only with all who are to be placed.
  const members = await endpointTraits(kysely, organisationId, null, settings.timeZone);
  const followers = followingOf(members, policies).followers.get(followed.id) ?? [];
  const place = assignRings(followed.policy, followed.id, followers).get(endpointId);
  const ring = place === undefined ? null : (followed.policy.rings[place]?.name ?? null);
  return { policy: { id: followed.id, name: followed.policy.name, ring }, because, others: reasons };
}
