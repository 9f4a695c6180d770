import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the maven order', () => {
  it.each([
    ['trailing zeros have no weight', '1.0.0', '1', 0],
    ['nor have release words', '1.0.0.Final', '1', 0],
    ['GA and RELEASE among them', '1.0-GA', '1.0.RELEASE', 0],
    ['numbers as numbers', '1.10', '1.9', 1],
    ['alpha before beta', '1-alpha', '1-beta', -1],
    ['milestones before candidates', '1-M9', '1-rc-1', -1],
    ['cr is rc', '1-cr1', '1-rc1', 0],
    ['candidates before snapshots', '1-rc9', '1-SNAPSHOT', -1],
    ['snapshots before the release', '1-SNAPSHOT', '1', -1],
    ['service packs after it', '1-sp', '1', 1],
    ['other words after service packs', '1-jre', '1-sp', 1],
    ['other words by letters, case ignored', '1-ANDROID', '1-jre', -1],
    ['a1 is alpha-1', '1a1', '1-alpha-1', 0],
    ['but a is a word', '1-a', '1', 1],
    ['words before numbers', '1-foo', '1-1', -1],
    ["a hyphen's number before a dot's", '1-1', '1.1', -1],
    ['a dot before a word is a hyphen', '1.foo', '1-foo', 0],
    ['a candidate of a longer release', '1.0.1-rc1', '1.0', 1],
    ['zeros before a word have no weight', '1.0.0-rc1', '1-rc1', 0],
    ['old Guava', 'r09', 'r08', 1],
    ["Jetty's stamps", '9.4.43.v20210629', '9.4.43.v20210630', -1],
    ['numbers beyond 2^63', '1.9223372036854775809', '1.9223372036854775808', 1],
    [
      'Maven puts 1.foo.2 before 1-alpha, which is before 1, which is before 1.foo.2: the release decides',
      '1.foo.2',
      '1-alpha',
      1,
    ],
    ['and the other two', '1', '1.foo.2', -1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('maven', a, b)).toBe(expected);
    expect(compareVersions('maven', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['1..2', '1--2', 'LATEST', '1_2', 'Finchley.SR2'])('takes %j', (text) => {
    expect(isVersion('maven', text)).toBe(true);
  });

  it.each(['', '-', '.', '..', '1,2', '[1,2)', '1 2', '1/2', '${v}', '1.0é', '١', 'a:b'])(
    'refuses %j instead of ordering it',
    (text) => {
      expect(() => compareVersions('maven', text, text)).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
    },
  );
});
