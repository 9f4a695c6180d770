import { describe, expect, it } from 'vitest';
import { compareVersions } from '../index.ts';

describe('the order of Windows builds', () => {
  it.each([
    ['number by number', '10.0.19045.3803', '10.0.19045.999', 1],
    ['the build before its revision', '10.0.22631.1', '10.0.19045.9999', 1],
    ['what is not written is 0', '16.0', '16.0.0.0', 0],
    ['leading zeros do not count', '15.02.1544.004', '15.2.1544.4', 0],
    ['five numbers', '4.8.9166.0.1', '4.8.9166.0', 1],
    ['two single numbers', '19045', '22631', -1],
    ['numbers beyond 2^64', '1.18446744073709551617', '1.18446744073709551616', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('windows', a, b)).toBe(expected);
    expect(compareVersions('windows', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it('does not guess which of four numbers a single one is', () => {
    expect(() => compareVersions('windows', '19045', '10.0.19045.3803')).toThrow(
      expect.objectContaining({ code: 'not-comparable' }),
    );
  });

  it('refuses what is not numbers and dots', () => {
    for (const text of [
      '',
      '1.',
      '.1',
      '1..2',
      '1,2',
      'v1.0',
      '1.0-1',
      '1.0a',
      '0x10',
      '1e3',
      '1.2.3.4.5.6.7.8.9',
      ' 1.0',
      '１.0',
    ])
      expect(() => compareVersions('windows', text, '1.0')).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
  });
});
