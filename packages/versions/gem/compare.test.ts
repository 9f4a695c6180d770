import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the gem order', () => {
  it.each([
    ['trailing zeros have no weight', '1.0.0', '1', 0],
    ['numbers as numbers', '1.10', '1.9', 1],
    ['a word makes a pre-release', '1.0.a', '1.0', -1],
    ['words by letters', '1.0.beta', '1.0.rc', -1],
    ['capitals before small letters', '1.0.RC', '1.0.alpha', -1],
    ['a number after a word', '1.0.a.1', '1.0.a', 1],
    ['letters and digits part', '1.0.rc10', '1.0.rc9', 1],
    ['a hyphen is .pre.', '1.0-1', '1.0.pre.1', 0],
    ["so a platform's suffix is a pre-release", '1.0-java', '1.0', -1],
    ['zeros before a word have no weight', '1.0.0.a', '1.a', 0],
    ['zeros at the end after a word neither', '1.a.0', '1.a', 0],
    ['numbers have no bound', '1.9007199254740993', '1.9007199254740992', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('gem', a, b)).toBe(expected);
    expect(compareVersions('gem', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['1', '1.2.b1', '1-1-1'])('takes %j', (text) => {
    expect(isVersion('gem', text)).toBe(true);
  });

  it.each(['', 'a', '1..2', '.1', '1.', '1.2-', '1_2', '1+1', '-1', ' 1', '1\n', '1.é'])(
    'refuses %j instead of ordering it',
    (text) => {
      expect(() => compareVersions('gem', text, text)).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
    },
  );
});
