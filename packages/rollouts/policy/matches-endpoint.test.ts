import { describe, expect, it } from 'vitest';
import { matchesEndpoint } from './matches-endpoint.ts';
import { endpoint } from './testing/document.ts';

describe('matchesEndpoint', () => {
  it.each([
    ['nothing', {}, true],
    ['a label', { labels: { role: 'web' } }, true],
    ['one of several values', { labels: { role: ['db', 'web'] } }, true],
    ['another value', { labels: { role: 'db' } }, false],
    ['a label that it does not have', { labels: { stage: 'test' } }, false],
    ['two labels of which it has one', { labels: { role: 'web', stage: 'test' } }, false],
    ['a group', { groups: ['paris', 'berlin'] }, true],
    ['another group', { groups: ['paris'] }, false],
    ['its platform', { platforms: ['debian'] }, true],
    ['another platform', { platforms: ['ubuntu'] }, false],
    ['its criticality', { criticality: ['medium' as const] }, true],
    ['its site', { sites: ['hall-2'] }, true],
    ['another site', { sites: ['hall-1'] }, false],
    ['its host name', { hostnames: ['db*', 'web*'] }, true],
    ['all but one condition', { groups: ['berlin'], sites: ['hall-2'], platforms: ['alpine'] }, false],
  ])('a filter by %s', (_, filter, matches) => {
    expect(matchesEndpoint(filter, endpoint())).toBe(matches);
  });

  it('takes nobody by a platform or site that is not known', () => {
    expect(matchesEndpoint({ platforms: ['debian'] }, endpoint({ platform: null }))).toBe(false);
    expect(matchesEndpoint({ sites: ['hall-2'] }, endpoint({ site: null }))).toBe(false);
  });

  it('does not take what every object has for a label', () => {
    expect(matchesEndpoint({ labels: { constructor: 'x' } }, endpoint())).toBe(false);
  });
});
