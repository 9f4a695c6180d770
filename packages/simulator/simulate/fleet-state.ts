import { assignRings, matchesEndpoint, policyOf, selects, type Policy } from '@thimble/rollouts';
import { groupByPatch, type Catalogue, type Lacking } from './catalogue.ts';
import type { SimulatedEndpoint, SimulatedPolicy, SimulationInput } from './input.ts';

/** An endpoint as time passes. */
export interface EndpointState {
  readonly endpoint: SimulatedEndpoint;
  /** null: none takes it. */
  readonly policy: SimulatedPolicy | null;
  /** Its index; null: its policy has no ring for it. */
  readonly ring: number | null;
  lacks: Lacking;
  online: boolean;
}

/** Who follows what, in which ring, and lacks what at the start. */
export function startFleet(
  { endpoints, policies, lists, startMs }: SimulationInput,
  catalogue: Catalogue,
): readonly EndpointState[] {
  const lackingOf = new Map<string, Lacking>();
  for (const [key, list] of lists) {
    const patches = [...groupByPatch(list)].map(([patch, updates]) => catalogue.add(patch, updates, startMs).index);
    lackingOf.set(key, catalogue.setOf(patches));
  }
  const nothing = catalogue.setOf([]);
  const followed = endpoints.map(({ traits }) => policyOf(traits, policies).policy);
  const rings = ringsOf(policies, endpoints, followed);
  return endpoints.map((endpoint, at): EndpointState => ({
    endpoint,
    policy: followed[at] ?? null,
    ring: rings.get(endpoint.id) ?? null,
    lacks: (endpoint.list === null ? undefined : lackingOf.get(endpoint.list)) ?? nothing,
    online: endpoint.online,
  }));
}

function ringsOf(
  policies: readonly SimulatedPolicy[],
  endpoints: readonly SimulatedEndpoint[],
  followed: readonly (SimulatedPolicy | null)[],
): ReadonlyMap<string, number> {
  const rings = new Map<string, number>();
  for (const each of policies) {
    const own = endpoints.filter((_, at) => followed[at] === each);
    for (const [id, ring] of assignRings(each.policy, each.id, own)) rings.set(id, ring);
  }
  return rings;
}

/** What a policy takes of sets of patches at one moment. */
export function selectionAt(
  policy: Policy,
  catalogue: Catalogue,
  blocked: ReadonlySet<number>,
  nowMs: number,
): (lacks: Lacking) => Lacking {
  const taken = catalogue.patches.map(
    ({ index, updates }) => !blocked.has(index) && updates.some((update) => selects(policy, update, nowMs).taken),
  );
  const known = new Map<Lacking, Lacking>();
  return (lacks) => {
    const selected = known.get(lacks) ?? catalogue.setOf(lacks.patches.filter((patch) => taken[patch] === true));
    known.set(lacks, selected);
    return selected;
  };
}

/** The freeze that holds an endpoint at a moment; null: none. */
export function freezeOf(
  freezes: SimulationInput['freezes'],
  { traits }: SimulatedEndpoint,
  nowMs: number,
): { readonly why: string; readonly untilMs: number } | null {
  const freeze = freezes.find(
    ({ startMs, endMs, scope }) => startMs <= nowMs && nowMs < endMs && matchesEndpoint(scope, traits),
  );
  return freeze === undefined ? null : { why: freeze.why, untilMs: freeze.endMs };
}
