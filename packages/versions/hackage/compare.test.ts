import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the hackage order', () => {
  it.each([
    ['a version is itself', '1.2', '1.2', 0],
    ['numbers as numbers', '1.10', '1.9', 1],
    ['a version is after its own beginning', '1.0.0', '1.0', 1],
    ['the first difference decides', '1.2.99', '1.3', -1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('hackage', a, b)).toBe(expected);
    expect(compareVersions('hackage', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['0', '999999999.0', '2.0.1.1'])('takes %j', (text) => {
    expect(isVersion('hackage', text)).toBe(true);
  });

  it.each(['', 'a', '1.', '1..2', '01.2', '1.02', '1-2', '1.2-rc1', '1000000000', '1.0.*'])(
    'refuses %j instead of ordering it',
    (text) => {
      expect(() => compareVersions('hackage', text, text)).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
    },
  );
});
