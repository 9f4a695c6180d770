import { expect, it } from 'vitest';
import { budgetGroupsOf } from './budget-groups-of.ts';
import { endpoint, policyWith } from './testing/document.ts';

const policy = policyWith({
  budgets: [
    { per: 'all', atMost: 10 },
    { per: 'site', atMost: '10%' },
    { per: 'group', atMost: 1 },
    { per: 'label:cluster', atMost: 1 },
  ],
});

it('tells the groups in which an endpoint counts, budget by budget', () => {
  const traits = endpoint({ groups: ['a', 'b'], labels: new Map([['cluster', 'db-7']]) });
  expect(budgetGroupsOf(policy, traits)).toEqual([['all'], ['hall-2'], ['a', 'b'], ['db-7']]);
});

it('counts an endpoint nowhere whose site, groups or label are not there', () => {
  expect(budgetGroupsOf(policy, endpoint({ site: null, groups: [], labels: new Map() }))).toEqual([
    ['all'],
    [],
    [],
    [],
  ]);
});
