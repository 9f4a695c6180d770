import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the hex order', () => {
  it.each([
    ['a pre-release is before its release', '1.0.0-rc.0', '1.0.0', -1],
    ['identifiers as numbers', '1.0.0-rc.2', '1.0.0-rc.10', -1],
    ['numeric identifiers before words', '1.0.0-1', '1.0.0-a', -1],
    ['build metadata has no weight', '1.0.0+a', '1.0.0', 0],
    ['numbers have no bound', '18446744073709551617.0.0', '18446744073709551616.0.0', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('hex', a, b)).toBe(expected);
    expect(compareVersions('hex', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['0.0.0', '1.0.0-dev+abc'])('takes %j', (text) => {
    expect(isVersion('hex', text)).toBe(true);
  });

  it.each(['', '1.0', 'v1.0.0', '01.0.0', '1.0.0-01', '3.0', '1.0.0.0'])(
    'refuses %j instead of ordering it',
    (text) => {
      expect(() => compareVersions('hex', text, text)).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
    },
  );
});
