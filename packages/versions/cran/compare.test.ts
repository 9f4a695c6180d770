import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the cran order', () => {
  it.each([
    ['a hyphen is a dot', '1.2-3', '1.2.3', 0],
    ['zeros at the end have no weight to package_version', '1.0', '1.0.0', 0],
    ['numbers as numbers', '1.10', '1.9', 1],
    ['leading zeros have no weight', '1.02', '1.2', 0],
    ['a development version is after the release', '1.2.3.9000', '1.2.3', 1],
    ['and before the next', '1.2.3.9000', '1.2.4', -1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('cran', a, b)).toBe(expected);
    expect(compareVersions('cran', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['7', '2147483647.1', '2026.01-31'])('takes %j', (text) => {
    expect(isVersion('cran', text)).toBe(true);
  });

  it.each(['', 'a', '1.', '1..2', '-1', '1_2', '1.2-rc1', '2147483648.0', 'v1.0', '1.2+3'])(
    'refuses %j instead of ordering it',
    (text) => {
      expect(() => compareVersions('cran', text, text)).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
    },
  );
});
