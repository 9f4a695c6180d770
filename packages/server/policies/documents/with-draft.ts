import type { Policy } from '@thimble/rollouts';
import type { StandingPolicy } from './standing-policies.ts';

/** What decides which endpoint follows what. */
export type Followable = Pick<StandingPolicy, 'id' | 'policy' | 'inherited'>;

/**
 * The policies as they would be with an own one more, or another one: of those of its name the own one makes way, and an inherited one
 * unless it is enforced. Percentages of rings stay where they are: a draft gets the id of the policy whose place it takes.
 */
export function withDraft(
  present: readonly Followable[],
  draft: { readonly id: string; readonly policy: Policy },
): readonly Followable[] {
  const known = present.find(({ id }) => id === draft.id);
  if (known !== undefined) return present.map((each) => (each === known ? { ...each, policy: draft.policy } : each));
  const { name } = draft.policy;
  const replaced = present.find(({ policy, inherited }) => inherited === null && policy.name === name);
  const others = present.filter(
    ({ policy, inherited }) => policy.name !== name || (inherited !== null && policy.clients === 'enforced'),
  );
  return [...others, { id: replaced?.id ?? draft.id, policy: draft.policy, inherited: null }];
}
