import type { PackageOrigin } from '@thimble/protocol';
import { describe, expect, it } from 'vitest';
import { expiredIndexes, withoutSecurity } from './index-gaps.ts';
import { parseIndexTargets } from './index-targets.ts';
import { fixture } from './testing/fixture.ts';

const DEBIAN = parseIndexTargets(fixture(import.meta.dirname, 'indextargets.txt'));

describe('an index that expired', () => {
  const release = { path: '', sha256: '', date: null, notAutomatic: false };
  const indexes = DEBIAN.map((target) => ({
    ...target,
    release: target.suite === 'bookworm' ? null : { ...release, validUntil: '2026-11-27T00:12:41.000Z' },
  }));

  it('is a gap, once, with the repository and the day', () => {
    const security = indexes.filter(({ suite }) => suite === 'bookworm-security');
    expect(expiredIndexes([...security, ...security], Date.parse('2026-11-28T00:00:00Z'))).toEqual([
      {
        what: 'package indexes',
        why: 'the index of http://mirror.example/debian-security/ bookworm-security expired on 2026-11-27 00:12 UTC; newer security updates may exist',
      },
    ]);
  });

  it('is none as long as it is valid, nor when it says nothing', () => {
    expect(expiredIndexes(indexes, Date.parse('2026-11-27T00:12:41Z'))).toEqual([]);
    expect(expiredIndexes(indexes, Date.parse('2026-11-27T00:12:42Z'))).toHaveLength(2);
  });
});

describe('a missing security pocket', () => {
  const from = (origin: Partial<PackageOrigin>, trusted = true) => ({
    trusted,
    origin: { origin: null, label: null, suite: null, codename: null, component: 'main', ...origin },
  });
  const gap = [{ what: 'security updates', why: expect.stringMatching(/^no security repository/) as unknown }];

  it.each([
    ['Debian stable', DEBIAN],
    ['Ubuntu', [from({ label: 'Ubuntu', suite: 'noble' }), from({ label: 'Ubuntu', suite: 'noble-security' })]],
    ['an endpoint that fetched nothing', []],
  ])('is no gap of %s', (_, indexes) => {
    expect(withoutSecurity(indexes)).toEqual([]);
  });

  it.each([
    ['Debian stable without its security suite', DEBIAN.filter(({ suite }) => suite !== 'bookworm-security')],
    ['Debian sid', [from({ origin: 'Debian', label: 'Debian', suite: 'unstable', codename: 'sid' })]],
    ['Kali', [from({ origin: 'Kali', label: 'Kali', suite: 'kali-rolling', codename: 'kali-rolling' })]],
    ['a security suite that apt does not trust', [from({ label: 'Debian-Security', suite: 'stable-security' }, false)]],
  ])('is a gap of %s', (_, indexes) => {
    expect(withoutSecurity(indexes)).toEqual(gap);
  });
});
