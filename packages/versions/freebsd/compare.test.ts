import { describe, expect, it } from 'vitest';
import { compareVersions } from '../index.ts';

describe('the FreeBSD order', () => {
  it.each([
    ['the epoch decides first', '1.0,1', '9.0', 1],
    ['then the version', '1.1', '1.0_5', 1],
    ['then the revision', '1.0_10', '1.0_9', 1],
    ['a missing revision is 0', '1.0_0', '1.0', 0],
    ['epoch and revision together', '1.0_1,1', '1.0,1', 1],
    ['missing components are 0', '10', '10.0.0', 0],
    ['a letter behind a number is newer', '10a', '10', 1],
    ['letters sort by the alphabet', '1.2b', '1.2a', 1],
    ['a component that begins with a letter is older than 0', '10.a', '10', -1],
    ['alpha behind a number begins a component', '10alpha', '10', -1],
    ['so do beta', '0.1beta2', '0.1.b2', 0],
    ['rc', '1.0rc1', '1.0', -1],
    ['pre', '1.0pre1', '1.0rc1', -1],
    ['and pl, which is before every letter', '1.0pl1', '1.0alpha1', -1],
    ['other words count by their first letter', '1.d2', '1.Development2', 0],
    ['a letter with a number is newer than one without', '1.0a1', '1.0a', 1],
    ['letters in the middle of a component', '10a1b2', '10a1.b2', 0],
    ['the star is the least component', '2.*', '2pl1', -1],
    ['of its number', '2.*', '1.9', 1],
    ['what follows a plus sign is compared after what comes before it', '1.0+2', '1.0.1', -1],
    ['plus signs part by part', '1.0+2.1', '1.0+2', 1],
    ['separators in a row count once', '10..1', '10.1', 0],
    ['numbers beyond 2^64', '1.18446744073709551617', '1.18446744073709551616', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('freebsd', a, b)).toBe(expected);
    expect(compareVersions('freebsd', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it('refuses what no port can have as its version', () => {
    for (const text of ['', '-', '1-1', '_1', '1_', '1_a', '1,', '1,a', '1_1_1', '1,1_1', '1 ', '1.0é', '1/2'])
      expect(() => compareVersions('freebsd', text, '1')).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
  });
});
