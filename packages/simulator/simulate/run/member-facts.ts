import { budgetGroupsOf, type MemberFacts, type PlanInput } from '@thimble/rollouts';
import { riskOf, type Catalogue, type Lacking } from '../catalogue.ts';
import { deadlineOfPatch } from '../exposure.ts';
import type { EndpointState } from '../fleet-state.ts';
import type { SimulatedPolicy } from '../input.ts';

/** An endpoint in a rollout, and what it gets. */
export interface RunMember {
  readonly state: EndpointState;
  readonly set: Lacking;
}

/** What a rollout has at its start, as the planner takes it. */
export interface StartFacts {
  readonly members: readonly MemberFacts[];
  /** Indexes into the catalogue. */
  readonly patches: readonly number[];
  /** What stays the same as long as it goes on. */
  readonly fixed: Pick<PlanInput['rollout'], 'patches' | 'patchSets' | 'budgetGroups' | 'approvedBy'>;
}

/** What an installation takes where nobody has measured any. */
const UNKNOWN_INSTALLATION_MS = 30 * 60_000;

export function startFacts(
  policy: SimulatedPolicy,
  members: readonly RunMember[],
  catalogue: Catalogue,
  startMs: number,
  holdOf: (state: EndpointState) => MemberFacts['hold'],
): StartFacts {
  const { approvals, deploy } = policy.policy;
  const sets = [...new Set(members.map(({ set }) => set))];
  const setIndex = new Map(sets.map((set, index) => [set, index]));
  const { patches } = catalogue.setOf(sets.flatMap((set) => set.patches));
  const patchIndex = new Map(patches.map((patch, index) => [patch, index]));
  const groups = budgetGroups(policy, members);
  return {
    patches,
    fixed: {
      // Whoever is asked approves at once.
      approvedBy: Array.from({ length: approvals.required }, (_, n) => approvals.from?.[n] ?? `person ${n + 1}`),
      patches: patches.map((at) => patchFacts(policy, catalogue, at)),
      patchSets: sets.map((set) => set.patches.map((patch) => patchIndex.get(patch) ?? 0)),
      budgetGroups: groups.names,
    },
    members: members.map(({ state, set }, at) => ({
      endpointId: state.endpoint.id,
      hostname: state.endpoint.traits.hostname,
      ring: state.ring ?? 0,
      progress: { kind: 'not-asked' },
      online: state.online,
      // Who is off was there before these days.
      lastSeenMs: startMs,
      timeZone: state.endpoint.timeZone,
      budgetGroups: groups.of[at] ?? [],
      patchSet: setIndex.get(set) ?? 0,
      expectedMs: deploy.expectedDurationMs ?? state.endpoint.expectedMs ?? UNKNOWN_INSTALLATION_MS,
      busyWith: null,
      hold: holdOf(state),
      generation: 0,
      rebootedAtMs: null,
    })),
  };
}

function patchFacts(
  policy: SimulatedPolicy,
  catalogue: Catalogue,
  at: number,
): PlanInput['rollout']['patches'][number] {
  const patch = catalogue.patch(at);
  return { key: patch.key, deadlineMs: deadlineOfPatch(policy, patch), risk: riskOf(patch) };
}

function budgetGroups(
  { policy }: SimulatedPolicy,
  members: readonly RunMember[],
): { readonly names: PlanInput['rollout']['budgetGroups']; readonly of: readonly (readonly number[])[] } {
  const names: { readonly budget: number; readonly name: string }[] = [];
  const known = new Map<string, number>();
  const of = members.map(({ state }) =>
    budgetGroupsOf(policy, state.endpoint.traits).flatMap((groups, budget) =>
      groups.map((name) => {
        const key = `${budget} ${name}`;
        const index = known.get(key) ?? names.push({ budget, name }) - 1;
        known.set(key, index);
        return index;
      }),
    ),
  );
  return { names, of };
}
