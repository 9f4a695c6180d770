import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the semver order', () => {
  it.each([
    ['a leading v is read over', 'v1.2.3', '1.2.3', 0],
    ['a nightly is before its release', '1.21.0-0', '1.21.0', -1],
    ['the smallest pre-release', '1.21.0-0', '1.21.0-alpha', -1],
    ['numbers have no bound', '18446744073709551617.0.0', '18446744073709551616.0.0', 1],
    ['build metadata has no weight', '1.0.0+1', '1.0.0', 0],
    ['the example of clause 11', '1.0.0-alpha.beta', '1.0.0-beta', -1],
    ['and its end', '1.0.0-beta.11', '1.0.0-rc.1', -1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('semver', a, b)).toBe(expected);
    expect(compareVersions('semver', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['1.0.0-0A.is.legal', '1.1.2-prerelease+meta', '999999999999999999.99999999999999.999999'])(
    'takes %j',
    (text) => {
      expect(isVersion('semver', text)).toBe(true);
    },
  );

  it.each(['1.0', '1.0.0.0', 'vv1.0.0', 'V1.0.0', '=1.0.0', '1.0.0-00', '1.0.0-a..b', '136', 'nightly.2026-03-10.0'])(
    'refuses %j instead of ordering it',
    (text) => {
      expect(() => compareVersions('semver', text, text)).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
    },
  );
});
