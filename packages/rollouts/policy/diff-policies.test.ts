import type { PolicyDocument } from '@thimble/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPolicies } from './diff-policies.ts';
import { anyDocument } from './testing/arbitrary-document.ts';

const document = (parts: Partial<PolicyDocument>): PolicyDocument => ({ format: 1, name: 'weekly', ...parts });
const wordsOf = (before: Partial<PolicyDocument>, after: Partial<PolicyDocument>): readonly string[] =>
  diffPolicies(document(before), document(after)).map(({ words }) => words);
const canary = { name: 'canary', members: { percent: 5 }, soak: '1h' };
const rest = { name: 'others', members: 'rest' as const };

describe('diffPolicies', () => {
  it.each<[string, Partial<PolicyDocument>, Partial<PolicyDocument>, readonly string[]]>([
    ['a value', { priority: 100 }, { priority: 200 }, ['priority: 100 → 200']],
    ['what is new', {}, { atOnce: '10%' }, ['atOnce: 10% is new']],
    ['what is gone', { scope: { groups: ['a', 'b'] } }, {}, ['scope: {groups: [a, b]} is gone']],
    [
      'deep inside',
      { deploy: { reboot: { when: 'never' } } },
      { deploy: { reboot: { when: 'always' } } },
      ['deploy.reboot.when: never → always'],
    ],
    [
      'a ring by its name',
      { rings: [canary, rest] },
      { rings: [{ ...canary, soak: '2h' }, rest] },
      ['rings.canary.soak: 1h → 2h'],
    ],
    [
      'a ring between others, without those after it',
      { rings: [canary, rest] },
      { rings: [canary, { name: 'tenth', members: { percent: 10 } }, rest] },
      ['rings.tenth: {name: tenth, members: {percent: 10}} is new'],
    ],
    [
      'another order of rings',
      { rings: [canary, rest] },
      { rings: [rest, canary] },
      ['rings (order): canary, others → others, canary'],
    ],
    [
      'a budget by its groups',
      { budgets: [{ per: 'site', atMost: 1 }] },
      { budgets: [{ per: 'site', atMost: 2 }] },
      ['budgets.site.atMost: 1 → 2'],
    ],
    ['a list of values', { blackouts: ['a'] }, { blackouts: ['a', 'b'] }, ['blackouts: [a] → [a, b]']],
    [
      'another kind',
      { content: { snapshot: 'new' } },
      { content: 'endpoint' },
      ['content: {snapshot: new} → endpoint'],
    ],
    [
      'a text that looks like a number',
      { scope: { labels: { tier: '3' } } },
      { scope: { labels: { tier: ['3'] } } },
      ['scope.labels.tier: 3 → [3]'],
    ],
  ])('tells %s', (_, before, after, words) => {
    expect(wordsOf(before, after)).toEqual(words);
  });

  it('tells nothing exactly when nothing changed', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (a, b) => {
        expect(diffPolicies(a, a)).toEqual([]);
        const same = JSON.stringify(a) === JSON.stringify(b);
        if (!same) expect(diffPolicies(a, b).length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});
