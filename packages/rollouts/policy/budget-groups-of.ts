import type { Policy } from './policy.ts';
import type { EndpointTraits } from './traits.ts';

/** For each of the policy's budgets, in order, the groups in which the endpoint counts: several only with `per: group`; empty: in none. */
export function budgetGroupsOf(
  { budgets }: Pick<Policy, 'budgets'>,
  traits: EndpointTraits,
): readonly (readonly string[])[] {
  return budgets.map(({ per }) => {
    switch (per.kind) {
      case 'all':
        return ['all'];
      case 'site':
        return traits.site === null ? [] : [traits.site];
      case 'group':
        return traits.groups;
      case 'label': {
        const value = traits.labels.get(per.key);
        return value === undefined ? [] : [value];
      }
    }
  });
}
