import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the npm order', () => {
  it.each([
    ['numbers are compared as numbers', '1.10.0', '1.9.0', 1],
    ['a leading v is read over', 'v1.2.3', '1.2.3', 0],
    ['a pre-release is before its release', '1.0.0-rc.1', '1.0.0', -1],
    ['numeric identifiers before words', '1.0.0-1', '1.0.0-alpha', -1],
    ['more identifiers are later', '1.0.0-alpha', '1.0.0-alpha.1', -1],
    ['identifiers as numbers', '1.0.0-beta.2', '1.0.0-beta.11', -1],
    ['words by bytes', '1.0.0-RC', '1.0.0-beta', -1],
    ['build metadata has no weight', '1.0.0+a', '1.0.0+b', 0],
    ['identifiers beyond 2^53 are exact', '1.0.0-9007199254740993', '1.0.0-9007199254740992', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('npm', a, b)).toBe(expected);
    expect(compareVersions('npm', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['9007199254740991.0.0', '1.2.3--', '1.2.3-0a', 'v0.0.0'])('takes %j', (text) => {
    expect(isVersion('npm', text)).toBe(true);
  });

  it.each([
    '1',
    '1.2',
    '1.2.3.4',
    '=1.2.3',
    'V1.2.3',
    '01.2.3',
    '1.2.3-01',
    '1.2.3beta',
    '1.x',
    'latest',
    '9007199254740992.0.0',
    '1.2.3-',
    '1.2.3+',
  ])('refuses %j instead of ordering it', (text) => {
    expect(() => compareVersions('npm', text, text)).toThrow(
      expect.objectContaining({ code: 'not-a-version', version: text }),
    );
  });
});
