import type { Inheritance } from './inheritance.ts';
import { matchesEndpoint } from './matches-endpoint.ts';
import type { Policy } from './policy.ts';
import { precedence, rankOf } from './precedence.ts';
import type { EndpointTraits } from './traits.ts';

export interface FollowedPolicy<P> {
  /** null: the endpoint follows none, so nothing patches it by itself. */
  readonly policy: P | null;
  /** A sentence without its full stop. */
  readonly because: string;
  readonly others: readonly { readonly policy: P; readonly why: string }[];
}

interface Candidate {
  readonly policy: Policy;
  /** null or left out: the organisation's own. */
  readonly inherited?: Inheritance | null;
}

/**
 * Which policy an endpoint follows: of those whose scope it is in the enforced ones first, then the organisation's own, then inherited
 * ones; of these the one with the highest priority, of equals the first by name.
 */
export function policyOf<P extends Candidate>(endpoint: EndpointTraits, policies: readonly P[]): FollowedPolicy<P> {
  const reasons = policies.map((each) => ({ each, why: keptOut(each.policy, endpoint) }));
  const inScope = reasons
    .filter(({ why }) => why === null)
    .map(({ each }) => each)
    .sort(precedence);
  const [first, ...later] = inScope;
  if (first === undefined)
    return {
      policy: null,
      because: followsNone(policies.length),
      others: reasons.map(({ each, why }) => ({ policy: each, why: why ?? '' })),
    };
  const others = [
    ...later.map((policy) => ({ policy, why: overruledBy(first, policy) })),
    ...reasons.flatMap(({ each, why }) => (why === null ? [] : [{ policy: each, why }])),
  ];
  return { policy: first, because: `this endpoint follows ${called(first)} because ${follows(first, later)}`, others };
}

function called({ policy, inherited }: Candidate): string {
  return inherited == null ? policy.name : `${policy.name}, inherited from ${inherited.from},`;
}

function follows(first: Candidate, later: readonly Candidate[]): string {
  const [second] = later;
  if (second === undefined) return 'it is in the scope of no other policy';
  const peers = later.filter((other) => rankOf(other) === rankOf(first));
  const [rival] = peers;
  if (rival === undefined) return goesFirst(first, second);
  const { priority } = first.policy;
  const of = `of ${peers.length + 1} ${kindOf(first, later)}policies whose scope it is in`;
  return rival.policy.priority === priority
    ? `its priority ${priority} is the highest ${of}, and its name is the first of those that have it`
    : `its priority ${priority} is the highest ${of}`;
}

/** Said only where there are others. */
function kindOf(first: Candidate, later: readonly Candidate[]): string {
  if (first.inherited == null) return later.every(({ inherited }) => inherited == null) ? '' : 'own ';
  return first.policy.clients === 'enforced' ? 'enforced ' : 'inherited ';
}

/** Why one goes before another whatever their priorities are. */
function goesFirst({ policy, inherited }: Candidate, second: Candidate): string {
  if (inherited == null) return 'own policies go before inherited ones';
  if (policy.clients === 'enforced')
    return second.inherited == null || second.policy.clients !== 'enforced'
      ? `${inherited.from} enforces it`
      : `${inherited.from}, which enforces it, is above ${second.inherited.from}`;
  return `${inherited.from} is nearer than ${second.inherited?.from ?? ''}`;
}

/** Why a policy is not the endpoint's whatever others there are; null: it could be. */
function keptOut(policy: Policy, endpoint: EndpointTraits): string | null {
  if (!policy.enabled) return 'it is switched off';
  if (!matchesEndpoint(policy.scope, endpoint)) return 'the endpoint is not in its scope';
  return policy.exclude !== null && matchesEndpoint(policy.exclude, endpoint) ? 'it excludes the endpoint' : null;
}

function overruledBy(first: Candidate, other: Candidate): string {
  const { name, priority } = first.policy;
  if (rankOf(first) !== rankOf(other)) return `${name} goes first: ${goesFirst(first, other)}`;
  return priority === other.policy.priority
    ? `its priority ${other.policy.priority} is that of ${name} too, whose name comes first`
    : `its priority ${other.policy.priority} is lower than the ${priority} of ${name}`;
}

function followsNone(count: number): string {
  return count === 0
    ? 'this endpoint follows no policy because there is none'
    : `this endpoint follows no policy because it is in the scope of none that is switched on`;
}
