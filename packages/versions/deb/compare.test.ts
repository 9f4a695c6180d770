import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

const version = fc
  .tuple(
    fc.constantFrom('', '', '0:', '1:', '00001:', '2147483647:'),
    fc.stringMatching(/^[0-9]{1,3}[0-9abZ~.+-]{0,7}$/),
    fc.constantFrom('', '', '-0', '-1', '-1~deb12u2', '-0+deb12u1', '-1.1ubuntu3', '-00'),
  )
  .map((parts) => parts.join(''))
  .filter((text) => isVersion('deb', text));

describe('the deb order', () => {
  it.each([
    ['1.0', '1.0-0', 0],
    ['1.0~rc1-1', '1.0-1', -1],
    ['1.0-1~bpo12+1', '1.0-1', -1],
    ['3.0.20-1~deb12u2', '3.0.22-1~deb12u2', -1],
    ['1:0.9', '2.0', 1],
    ['1.22.1-9+deb12u9', '1.22.1-9+deb12u11', -1],
    ['1.0a', '1.0+', -1],
    ['1.0~~', '1.0~~a', -1],
    ['1.0~', '1.0', -1],
    ['20260102030405060708', '20260102030405060709', -1],
    ['01.002', '1.2', 0],
    ['1.18446744073709551617', '1.18446744073709551616', 1],
    // dpkg reads the epoch with strtol.
    ['+1:1', '00000000000000000001:1', 0],
  ] as const)('%s against %s is %i', (a, b, expected) => {
    expect(compareVersions('deb', a, b)).toBe(expected);
    expect(compareVersions('deb', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it('refuses what is no version instead of ordering it', () => {
    for (const garbage of [
      '',
      ' ',
      'a1',
      ':1',
      'x:1',
      '1-',
      '-1',
      '1_2',
      '1 2',
      '2147483648:1',
      '99999999999999999999:1',
      '+:1',
      '1:',
      '1.0\n',
      '١',
    ])
      expect(() => compareVersions('deb', garbage, '1')).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: garbage }),
      );
  });

  it('refuses a scheme that it does not know', () => {
    expect(() => compareVersions('constructor', '1', '1')).toThrow(expect.objectContaining({ code: 'unknown-scheme' }));
  });

  it('is total: reflexive, antisymmetric and transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareVersions('deb', a, a)).toBe(0);
        expect(compareVersions('deb', a, b) + compareVersions('deb', b, a)).toBe(0);
        if (compareVersions('deb', a, b) <= 0 && compareVersions('deb', b, c) <= 0)
          expect(compareVersions('deb', a, c)).toBeLessThanOrEqual(0);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('answers or throws a VersionError for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
        try {
          expect([-1, 0, 1]).toContain(compareVersions('deb', a, b));
        } catch (error) {
          expect(error).toMatchObject({ name: 'VersionError' });
        }
      }),
      { seed: 2 },
    );
  });
});
