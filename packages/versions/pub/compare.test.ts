import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the pub order', () => {
  it.each([
    ['a pre-release is before its release', '1.0.0-dev.1', '1.0.0', -1],
    ['a build is after the version without one', '1.0.0+1', '1.0.0', 1],
    ['builds have an order', '1.0.0+2', '1.0.0+10', -1],
    ['words after numbers, in builds too', '1.0.0+a', '1.0.0+1', 1],
    ['leading zeros have no weight', '01.02.03-01', '1.2.3-1', 0],
    ['identifiers as numbers', '1.0.0-rc.2', '1.0.0-rc.10', -1],
    ['identifiers above 64 bits are words', '1.0.0-9223372036854775808', '1.0.0-a', -1],
    ['after all numbers', '1.0.0-9223372036854775808', '1.0.0-9223372036854775807', 1],
    ['a sign belongs to the number', '1.0.0--1', '1.0.0-0', -1],
    ['longer builds are after', '1.0.0+1.1', '1.0.0+1', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('pub', a, b)).toBe(expected);
    expect(compareVersions('pub', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['9223372036854775807.0.0', '1.0.0-0+0'])('takes %j', (text) => {
    expect(isVersion('pub', text)).toBe(true);
  });

  it.each(['', '1.0', 'v1.0.0', '1.0.0-', '1.0.0+', '9223372036854775808.0.0', '1.0.0-0x1f', '1.0.0-a_b', 'any'])(
    'refuses %j instead of ordering it',
    (text) => {
      expect(() => compareVersions('pub', text, text)).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
    },
  );
});
