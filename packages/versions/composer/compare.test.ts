import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the composer order', () => {
  it.each([
    ['missing numbers are 0', '1.2', '1.2.0.0', 0],
    ['a leading v is read over', 'V1.2', '1.2', 0],
    ['alpha, beta and RC are before the release', '1.0-RC1', '1.0', -1],
    ['in this order', '1.0-beta9', '1.0-RC1', -1],
    ['short words are the long ones', '1.0b2', '1.0-beta2', 0],
    ['patches are after it', '1.0-p1', '1.0', 1],
    ['in all spellings', '1.0pl1', '1.0-patch1', 0],
    ['stable says nothing', '1.0-stable', '1.0', 0],
    ['a development version is before all of its kind', '1.0-dev', '1.0-alpha1', -1],
    ['also of a pre-release', '1.0-beta2-dev', '1.0-beta2', -1],
    ['a numeric branch is the last of its line', '1.0.x-dev', '1.0.99', 1],
    ['and before the next line', '1.x-dev', '2.0-dev', -1],
    ['build metadata has no weight', '1.0+a', '1.0+b', 0],
    ['dates', '2010.01.02', '2010.01.03', -1],
    ['dates in one number', '20100102', '20100103', -1],
    ['word numbers as numbers', '1.0-beta10', '1.0-beta9', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('composer', a, b)).toBe(expected);
    expect(compareVersions('composer', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['1.0@beta', '1', '99999.1', '1.2.3.4-RC.1.2'])('takes %j', (text) => {
    expect(isVersion('composer', text)).toBe(true);
  });

  it.each([
    '',
    'dev-main',
    'dev-1.0',
    'master',
    'trunk',
    'default',
    '1.x',
    '*',
    '1.0.0.0.0',
    '1.0-foo',
    '1.0 as 2.0',
    'feature-dev',
    'DEV-x',
  ])('refuses %j instead of ordering it', (text) => {
    expect(() => compareVersions('composer', text, text)).toThrow(
      expect.objectContaining({ code: 'not-a-version', version: text }),
    );
  });
});
