import { describe, expect, it } from 'vitest';
import { policyOf } from './policy-of.ts';
import { endpoint, policyWith } from './testing/document.ts';

const standing = (name: string, parts: Parameters<typeof policyWith>[0] = {}) => ({
  policy: policyWith({ name, ...parts }),
});
const nightly = standing('nightly');
const weekly = standing('servers-weekly', { priority: 200, scope: { labels: { role: 'web' } } });
const monthly = standing('monthly', { priority: 150 });

describe('policyOf', () => {
  it('follows the highest priority, and says of how many', () => {
    expect(policyOf(endpoint(), [nightly, weekly, monthly])).toEqual({
      policy: weekly,
      because:
        'this endpoint follows servers-weekly because its priority 200 is the highest of 3 policies whose scope it is in',
      others: [
        { policy: monthly, why: 'its priority 150 is lower than the 200 of servers-weekly' },
        { policy: nightly, why: 'its priority 100 is lower than the 200 of servers-weekly' },
      ],
    });
  });

  it('follows the first by name of equal priorities, in whatever order they come', () => {
    const first = standing('a-nightly');
    for (const policies of [
      [nightly, first],
      [first, nightly],
    ])
      expect(policyOf(endpoint(), policies)).toEqual({
        policy: first,
        because:
          'this endpoint follows a-nightly because its priority 100 is the highest of 2 policies whose scope it is in, and its name is the first of those that have it',
        others: [{ policy: nightly, why: 'its priority 100 is that of a-nightly too, whose name comes first' }],
      });
  });

  it('says why others are not considered', () => {
    const off = standing('off', { enabled: false, priority: 900 });
    const elsewhere = standing('elsewhere', { scope: { sites: ['paris'] } });
    const excluding = standing('excluding', { exclude: { hostnames: ['web1.*'] } });
    expect(policyOf(endpoint(), [off, elsewhere, excluding, nightly])).toEqual({
      policy: nightly,
      because: 'this endpoint follows nightly because it is in the scope of no other policy',
      others: [
        { policy: off, why: 'it is switched off' },
        { policy: elsewhere, why: 'the endpoint is not in its scope' },
        { policy: excluding, why: 'it excludes the endpoint' },
      ],
    });
  });

  it('says when there is none', () => {
    expect(policyOf(endpoint(), [])).toEqual({
      policy: null,
      because: 'this endpoint follows no policy because there is none',
      others: [],
    });
    expect(policyOf(endpoint({ labels: new Map() }), [weekly]).because).toBe(
      'this endpoint follows no policy because it is in the scope of none that is switched on',
    );
  });
});

describe('policyOf, with inherited policies', () => {
  const from = (name: string, levels: number, clients: 'inherit' | 'enforced', parts = {}) => ({
    ...standing(name, { clients, ...parts }),
    inherited: { from: `Level ${levels}`, levels },
  });
  const base = from('base', 1, 'inherit', { priority: 900 });
  const enforced = from('always', 1, 'enforced', { priority: 1 });

  it('follows an own one first, whatever the priorities are', () => {
    expect(policyOf(endpoint(), [base, nightly])).toEqual({
      policy: nightly,
      because: 'this endpoint follows nightly because own policies go before inherited ones',
      others: [{ policy: base, why: 'nightly goes first: own policies go before inherited ones' }],
    });
  });

  it('follows the inherited one where no own one takes the endpoint, and says whose it is', () => {
    const elsewhere = standing('elsewhere', { scope: { sites: ['hall-9'] } });
    expect(policyOf(endpoint(), [base, elsewhere])).toMatchObject({
      policy: base,
      because: 'this endpoint follows base, inherited from Level 1, because it is in the scope of no other policy',
    });
  });

  it('follows what is enforced before own ones', () => {
    expect(policyOf(endpoint(), [nightly, enforced, base])).toMatchObject({
      policy: enforced,
      because: 'this endpoint follows always, inherited from Level 1, because Level 1 enforces it',
      others: [
        { policy: nightly, why: 'always goes first: Level 1 enforces it' },
        { policy: base, why: 'always goes first: Level 1 enforces it' },
      ],
    });
  });

  it('follows the nearest of inherited ones, and the topmost of enforced ones', () => {
    const far = from('far', 2, 'inherit');
    expect(policyOf(endpoint(), [far, base])).toMatchObject({
      policy: base,
      because: expect.stringMatching(/Level 1 is nearer than Level 2$/),
    });
    const top = from('top', 2, 'enforced');
    expect(policyOf(endpoint(), [enforced, top])).toMatchObject({
      policy: top,
      because: expect.stringMatching(/Level 2, which enforces it, is above Level 1$/),
    });
  });

  it('goes by priority among those of one organisation', () => {
    expect(policyOf(endpoint(), [base, from('other', 1, 'inherit')]).because).toMatch(
      /because its priority 900 is the highest of 2 inherited policies/,
    );
    expect(policyOf(endpoint(), [base, nightly, monthly]).because).toMatch(
      /because its priority 150 is the highest of 2 own policies/,
    );
  });
});
