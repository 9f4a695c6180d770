import { matchesEndpoint } from './matches-endpoint.ts';
import type { Policy } from './policy.ts';
import type { EndpointTraits } from './traits.ts';

export interface FollowedPolicy<P> {
  /** null: the endpoint follows none, so nothing patches it by itself. */
  readonly policy: P | null;
  /** A sentence without its full stop. */
  readonly because: string;
  readonly others: readonly { readonly policy: P; readonly why: string }[];
}

/** Which policy an endpoint follows: of those whose scope it is in the one with the highest priority, of equals the first by name. */
export function policyOf<P extends { readonly policy: Policy }>(
  endpoint: EndpointTraits,
  policies: readonly P[],
): FollowedPolicy<P> {
  const reasons = policies.map((each) => ({ each, why: keptOut(each.policy, endpoint) }));
  const inScope = reasons
    .filter(({ why }) => why === null)
    .map(({ each }) => each)
    .sort(byPrecedence);
  const [first, second] = inScope;
  const others = [
    ...inScope.slice(1).map((policy) => ({ policy, why: first === undefined ? '' : overruledBy(first, policy) })),
    ...reasons.flatMap(({ each, why }) => (why === null ? [] : [{ policy: each, why }])),
  ];
  if (first === undefined) return { policy: null, because: followsNone(policies.length), others };
  const { name, priority } = first.policy;
  return { policy: first, because: `this endpoint follows ${name} because ${follows()}`, others };

  function follows(): string {
    if (second === undefined) return 'it is in the scope of no other policy';
    const of = `of ${inScope.length} policies whose scope it is in`;
    return second.policy.priority === priority
      ? `its priority ${priority} is the highest ${of}, and its name is the first of those that have it`
      : `its priority ${priority} is the highest ${of}`;
  }
}

function byPrecedence(a: { readonly policy: Policy }, b: { readonly policy: Policy }): number {
  return b.policy.priority - a.policy.priority || (a.policy.name < b.policy.name ? -1 : 1);
}

/** Why a policy is not the endpoint's whatever others there are; null: it could be. */
function keptOut(policy: Policy, endpoint: EndpointTraits): string | null {
  if (!policy.enabled) return 'it is switched off';
  if (!matchesEndpoint(policy.scope, endpoint)) return 'the endpoint is not in its scope';
  return policy.exclude !== null && matchesEndpoint(policy.exclude, endpoint) ? 'it excludes the endpoint' : null;
}

function overruledBy(first: { readonly policy: Policy }, other: { readonly policy: Policy }): string {
  return first.policy.priority === other.policy.priority
    ? `its priority ${other.policy.priority} is that of ${first.policy.name} too, whose name comes first`
    : `its priority ${other.policy.priority} is lower than the ${first.policy.priority} of ${first.policy.name}`;
}

function followsNone(count: number): string {
  return count === 0
    ? 'this endpoint follows no policy because there is none'
    : `this endpoint follows no policy because it is in the scope of none that is switched on`;
}
