import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the golang order', () => {
  it.each([
    ['records leave the v out', 'v1.2.3', '1.2.3', 0],
    ['short forms stand for zeros', 'v1.2', 'v1.2.0', 0],
    ['as does a single number', 'v1', '1.0.0', 0],
    ['a pseudo-version is before the next release', 'v1.2.4-0.20210101000000-abcdefabcdef', 'v1.2.4', -1],
    ['and after the one that it follows', 'v1.2.4-0.20210101000000-abcdefabcdef', 'v1.2.3', 1],
    ['pseudo-versions by their time', 'v0.0.0-20210101000000-ffffffffffff', 'v0.0.0-20210102000000-000000000000', -1],
    ['after a pre-release', 'v1.2.3-pre.0.20210101000000-abcdefabcdef', 'v1.2.3-pre', 1],
    ['+incompatible has no weight', 'v2.0.0+incompatible', 'v2.0.0', 0],
    ['a toolchain is its version', 'go1.20.3', '1.20.3', 0],
    ["a toolchain's candidate is a pre-release", 'go1.21rc2', '1.21.0-rc.2', 0],
    ['after the nightly bound of records', 'go1.21rc2', '1.21.0-0', 1],
    ['before the release', 'go1.21rc2', '1.21.0', -1],
    ['betas before candidates', 'go1.9beta2', 'go1.9rc1', -1],
    ['an early release without a patch', 'go1.20', '1.20.0', 0],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('golang', a, b)).toBe(expected);
    expect(compareVersions('golang', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['v0.0.0-20191109021931-daa7c04131f5', '1.19', 'go1'])('takes %j', (text) => {
    expect(isVersion('golang', text)).toBe(true);
  });

  it.each([
    '',
    'v',
    'go',
    'go1.x',
    'v1.2-pre',
    'v1-pre',
    'v01.2.3',
    'V1.2.3',
    'v1.2.3-01',
    'devel',
    'go1.21-abc',
    '(devel)',
    'v1.2.3.4',
    'gov1.2',
  ])('refuses %j instead of ordering it', (text) => {
    expect(() => compareVersions('golang', text, text)).toThrow(
      expect.objectContaining({ code: 'not-a-version', version: text }),
    );
  });
});
