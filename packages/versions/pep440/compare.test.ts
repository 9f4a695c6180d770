import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the pep440 order', () => {
  it.each([
    ['trailing zeros have no weight', '1.0', '1.0.0', 0],
    ['numbers as numbers', '1.10', '1.9', 1],
    ['an epoch decides first', '1!0.1', '2026.1', 1],
    ['developments before pre-releases', '1.0.dev1', '1.0a1', -1],
    ['alpha before beta', '1.0a9', '1.0b1', -1],
    ['beta before candidates', '1.0b9', '1.0rc1', -1],
    ['c, pre and preview are rc', '1.0c1', '1.0-preview_1', 0],
    ['spellings are one', '1.0-ALPHA.1', '1.0a1', 0],
    ['a missing number is 0', '1.0a', '1.0a0', 0],
    ['candidates before the release', '1.0rc1', '1.0', -1],
    ['a development of a candidate before it', '1.0rc1.dev1', '1.0rc1', -1],
    ['post-releases after', '1.0.post1', '1.0', 1],
    ['a hyphen and a number is a post-release', '1.0-1', '1.0.post1', 0],
    ['a development of a post-release is after the release', '1.0.post1.dev1', '1.0', 1],
    ['a post-release of a candidate', '1.0rc1.post1', '1.0rc2', -1],
    ['local versions after', '1.0+ubuntu.1', '1.0', 1],
    ['local numbers after words', '1.0+1', '1.0+a', 1],
    ['longer local versions after', '1.0+a.1', '1.0+a', 1],
    ['local separators are one', '1.0+a-1', '1.0+A_1', 0],
    ['a leading v is read over', 'v1.0', '1.0', 0],
    ['numbers have no bound', '20260102030405060708', '20260102030405060709', -1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('pep440', a, b)).toBe(expected);
    expect(compareVersions('pep440', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['1.0.post', '1.0.dev', '0!1', '1.0-rev-3', '1a1.post2.dev3+l.4'])('takes %j', (text) => {
    expect(isVersion('pep440', text)).toBe(true);
  });

  it.each([
    '',
    'a',
    '1.0-',
    '1.0+',
    '1..0',
    '.1',
    '1.0x',
    '1.0.dev1a1',
    '2004d',
    '1.0.*',
    '1.0+a+b',
    '1!2!3',
    '１.0',
    '1.0+é',
    'latest',
  ])('refuses %j instead of ordering it', (text) => {
    expect(() => compareVersions('pep440', text, text)).toThrow(
      expect.objectContaining({ code: 'not-a-version', version: text }),
    );
  });
});
