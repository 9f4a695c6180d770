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
