import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the cargo order', () => {
  it.each([
    ['a pre-release is before its release', '0.13.4-alpha.1', '0.13.4', -1],
    ['build metadata has no weight in precedence', '0.13.4+1.4.2', '0.13.4', 0],
    ['nor between two builds', '0.16.2+1.7.2', '0.16.2+1.8.0', 0],
    ['parts up to 2^64', '18446744073709551615.0.0', '18446744073709551614.0.0', 1],
    ['numeric identifiers have no bound', '1.0.0-18446744073709551617', '1.0.0-18446744073709551616', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('cargo', a, b)).toBe(expected);
    expect(compareVersions('cargo', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['300.0.0+9.9.9-alpha.1', '0.0.0-0'])('takes %j', (text) => {
    expect(isVersion('cargo', text)).toBe(true);
  });

  it.each(['v1.0.0', '1.0', '1', '18446744073709551616.0.0', '01.0.0', '1.0.0-01', '1.0.0 ', '0.9'])(
    'refuses %j instead of ordering it',
    (text) => {
      expect(() => compareVersions('cargo', text, text)).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
    },
  );
});
