import { describe, expect, it } from 'vitest';
import { matchesUpdate } from './matches-update.ts';
import { selects } from './selects.ts';
import { policyWith, update } from './testing/document.ts';

const NOW = Date.UTC(2026, 4, 3);
const DAY_MS = 86_400_000;

describe('matchesUpdate', () => {
  it.each([
    ['nothing: security updates', {}, {}, true],
    ['nothing, of another update', {}, { security: false, vulnerabilities: [] }, false],
    ['nothing, of one that closes a vulnerability', {}, { security: false }, true],
    ['other updates', { types: ['other' as const] }, { security: false, vulnerabilities: [] }, true],
    ['other updates, of a security update', { types: ['other' as const] }, {}, false],
    ['its severity', { severities: ['high' as const] }, {}, true],
    [
      'severities, when it is not known',
      { severities: ['critical' as const] },
      { severity: 'unknown' as const },
      false,
    ],
    ['unknown severity', { severities: ['unknown' as const] }, { severity: 'unknown' as const }, true],
    ['its origin', { origins: ['Debian'] }, {}, true],
    ['an origin, when it is not known', { origins: ['Debian'] }, { origin: null }, false],
    ['its source package', { packages: ['openssl'] }, {}, true],
    ['its binary package', { packages: ['libssl*'] }, {}, true],
    ['all but its package', { exceptPackages: ['open*'] }, {}, false],
    ['KEV', { kev: true as const }, {}, false],
    ['KEV, when it is in it', { kev: true as const }, { kev: { dueMs: null } }, true],
    ['EPSS', { epssAtLeast: 0.2 }, {}, true],
    ['a higher EPSS', { epssAtLeast: 0.3 }, {}, false],
    ['EPSS, when it is not known', { epssAtLeast: 0 }, { epss: null }, false],
    ['SSVC', { ssvc: ['act' as const] }, {}, false],
    ['SSVC, when it is not known', { ssvc: ['track' as const] }, { ssvc: null }, false],
    ['its age', { publishedAtLeast: '2d' }, {}, true],
    ['an age that it has not', { publishedAtLeast: '3d' }, {}, false],
    ['an age, when it is not known', { publishedAtLeast: '0m' }, { publishedMs: null }, false],
  ])('asks for %s', (_, filter, parts, matches) => {
    expect(matchesUpdate(filter, update(parts), NOW)).toBe(matches);
  });
});

describe('selects', () => {
  const patient = policyWith({ select: { publishedAtLeast: '3d' }, always: { kev: true } });

  it('says until when an update waits that is too young', () => {
    expect(selects(patient, update(), NOW)).toEqual({
      taken: false,
      because: 'it was published 48h ago, and has to be 3d old',
      untilMs: NOW + DAY_MS,
    });
    expect(selects(patient, update(), NOW + DAY_MS).taken).toBe(true);
  });

  it('takes what is always taken, whatever the selection says', () => {
    expect(selects(patient, update({ kev: { dueMs: null } }), NOW)).toEqual({
      taken: true,
      because: 'the policy always takes updates of this kind',
      untilMs: null,
    });
  });

  it('says that an unknown date is why, and promises no time', () => {
    expect(selects(patient, update({ publishedMs: null }), NOW)).toEqual({
      taken: false,
      because: "nobody knows when it was published, so it can't count as 3d old",
      untilMs: null,
    });
  });

  it('promises the sooner of two times', () => {
    const policy = policyWith({
      select: { publishedAtLeast: '1w' },
      always: { severities: ['high'], publishedAtLeast: '3d' },
    });
    expect(selects(policy, update(), NOW)).toMatchObject({ taken: false, untilMs: NOW + DAY_MS });
  });

  it('promises no time when more than time is missing', () => {
    expect(selects(patient, update({ security: false, vulnerabilities: [] }), NOW)).toEqual({
      taken: false,
      because: 'it is no security update',
      untilMs: null,
    });
  });
});
