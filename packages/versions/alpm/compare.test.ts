import { describe, expect, it } from 'vitest';
import { compareVersions } from '../index.ts';

describe('the alpm order', () => {
  it.each([
    ['the epoch decides first', '1:1.0-1', '9.9-9', 1],
    ['a missing epoch is 0', '0:1.0-1', '1.0-1', 0],
    ['numbers are compared as numbers', '1.10', '1.9', 1],
    ['letters behind a number are a pre-release', '1.0rc1', '1.0', -1],
    ['letters behind a separator are not', '1.5.b', '1.5', 1],
    ['but older than a number there', '1.5.b', '1.5.1', -1],
    ['which sign separates does not count', '2.0_a', '2_0.a', 0],
    ['how many separate does', '2..0', '2.0', 1],
    ['also where there are none', '2.0a', '2.0.a', -1],
    ['a tilde has no meaning', '1.0~rc1', '1.0', 1],
    ['pkgrel decides last', '1.0-10', '1.0-9', 1],
    ['pkgrel may have parts', '1.0-1.1', '1.0-1', 1],
    ['a pkgrel that only one side has is not compared', '1.5', '1.5-1', 0],
    ['a separator at the end is newer than the end', '1.0.', '1.0', 1],
    ['and older than a number', '1.0.', '1.0..1', -1],
    ['numbers beyond 2^64', '1.18446744073709551617', '1.18446744073709551616', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('alpm', a, b)).toBe(expected);
    expect(compareVersions('alpm', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it('has no answer where vercmp runs in circles', () => {
    for (const [a, b] of [
      ['1.0.', '1.0..a'],
      ['1.0.', '1.0.a'],
      ['1.0-1.', '1.0-1.b'],
    ] as const) {
      expect(() => compareVersions('alpm', a, b)).toThrow(expect.objectContaining({ code: 'not-comparable' }));
      expect(() => compareVersions('alpm', b, a)).toThrow(expect.objectContaining({ code: 'not-comparable' }));
    }
  });

  it('refuses what no package can have as its version', () => {
    for (const text of ['', ' ', '1 0', '1.0é', '１.0', '1\u001B'])
      expect(() => compareVersions('alpm', text, '1')).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
  });
});
