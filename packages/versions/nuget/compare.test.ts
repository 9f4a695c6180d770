import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the nuget order', () => {
  it.each([
    ['missing numbers are 0', '1', '1.0.0.0', 0],
    ['the fourth number counts', '1.2.3.4', '1.2.3.5', -1],
    ['leading zeros have no weight', '1.01.0', '1.1', 0],
    ['labels have no case', '1.0.0-BETA', '1.0.0-beta', 0],
    ['a pre-release is before its release', '1.0.0-rc', '1.0.0', -1],
    ['also before the fourth number of it', '1.0.0-rc', '1.0.0.1', -1],
    ['numeric labels before words', '1.0.0-1', '1.0.0-a', -1],
    ['numeric labels as numbers', '1.0.0-rc.2', '1.0.0-rc.10', -1],
    ['labels above Int32 are words', '1.0.0-20260101120000', '1.0.0-3', 1],
    ['and sort as text', '1.0.0-20260101120000', '1.0.0-3000000000', -1],
    ['a sign belongs to the number', '1.0.0--1', '1.0.0-0', -1],
    ['build metadata has no weight', '1.0.0+a', '1.0.0+b', 0],
    ['letters by upper case, a hyphen before them', '1.0.0-a-b', '1.0.0-aa', -1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('nuget', a, b)).toBe(expected);
    expect(compareVersions('nuget', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(['2147483647', '1.0-alpha.0', '1.0+001'])('takes %j', (text) => {
    expect(isVersion('nuget', text)).toBe(true);
  });

  it.each([
    '',
    '1.2.3.4.5',
    'v1.0',
    '1.0.0-01',
    '1.0.0-',
    '1.0.0+',
    '1.0.0-a..b',
    '2147483648.0',
    '1.-1',
    '1.*',
    '[1.0]',
    '1.0.0-ä',
  ])('refuses %j instead of ordering it', (text) => {
    expect(() => compareVersions('nuget', text, text)).toThrow(
      expect.objectContaining({ code: 'not-a-version', version: text }),
    );
  });
});
