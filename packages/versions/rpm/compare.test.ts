import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the rpm order', () => {
  it.each([
    ['the epoch decides first', '1:1.0-1', '9.9-9', 1],
    ['a missing epoch is 0', '0:1.0-1', '1.0-1', 0],
    ['so is an empty one', ':1.0-1', '1.0-1', 0],
    ['epochs have no bound', '99999999999999999999:1', '99999999999999999998:1', 1],
    ['numbers are compared as numbers', '1.10', '1.9', 1],
    ['leading zeros do not count', '1.0010', '1.10', 0],
    ['separators only separate', '1.0_a', '1.0a', 0],
    ['a tilde is before the end', '1.0~rc1', '1.0', -1],
    ['a caret is right after it', '1.0^git1', '1.0', 1],
    ['and before anything else', '1.0^git1', '1.0.1', -1],
    ['a caret before a tilde', '1.0^~1', '1.0^', -1],
    ['numbers are newer than letters', '1.0.1', '1.0.a', 1],
    ['more segments are newer', '1.0a', '1.0', 1],
    ['capitals are before small letters', '1.0B', '1.0a', -1],
    ['numbers beyond 2^64', '1.18446744073709551617', '1.18446744073709551616', 1],
    ['the release decides last', '1.0-10.el9', '1.0-9.el9', 1],
    ['a missing release is before any', '1.0', '1.0-0', -1],
    ['also before an empty one', '1.0', '1.0-', -1],
    ['the last hyphen begins the release', '1-1-2', '1-1-1', 1],
    ['a backport of a minor release', '2.9.13-3.el9_1.2', '2.9.13-3.el9', 1],
    ['modular releases', '1-1.module+el8.10.0+1+a', '1-1.module+el8.9.0+9+b', 1],
    ['letters before a colon are no epoch', 'a:1', 'a.1', 0],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('rpm', a, b)).toBe(expected);
    expect(compareVersions('rpm', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it('takes whatever is printable, as rpm does', () => {
    for (const text of ['-', ':', '1:', '-1', '~', '..', '(none):1', '%', 'a'])
      expect(isVersion('rpm', text)).toBe(true);
  });

  it('refuses what no package can have as its version', () => {
    for (const text of ['', ' ', '1 0', '1.0é', '１.0', '١', '1\u001B', '1\u007F'])
      expect(() => compareVersions('rpm', text, '1')).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
  });
});
