import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { whatIfOf } from './what-if.ts';

describe('what is assumed', () => {
  test.each([
    ['kev:openssl@2026-12-07', { kind: 'kev', package: 'openssl', at: '2026-12-07T00:00:00.000Z' }],
    ['kev:openssl@2026-12-07T06:30Z', { kind: 'kev', package: 'openssl', at: '2026-12-07T06:30:00.000Z' }],
    ['update:linux@2026-12-07', { kind: 'update', package: 'linux', at: '2026-12-07T00:00:00.000Z' }],
    [
      'update:linux@2026-12-07T06:30:00Z:high:20%',
      { kind: 'update', package: 'linux', at: '2026-12-07T06:30:00.000Z', severity: 'high', percent: 20 },
    ],
    ['update:g++-12@2026-12-07:5%', { kind: 'update', package: 'g++-12', at: '2026-12-07T00:00:00.000Z', percent: 5 }],
  ])('%s is read', (text, expected) => {
    expect(whatIfOf(text)).toEqual([expected]);
  });

  test('several follow each other', () => {
    expect(whatIfOf('kev:b@2026-12-08', whatIfOf('kev:a@2026-12-07')).map((each) => each.package)).toEqual(['a', 'b']);
  });

  test.each([
    'openssl',
    'kev:openssl',
    'kev:openssl@soon',
    'kev:openssl@2026-02-30',
    'kev:openssl@2026-12-07:critical',
    'update:linux@2026-12-07:dire',
    'flood:linux@2026-12-07',
    '',
  ])('%j is refused', (text) => {
    expect(() => whatIfOf(text)).toThrow(InvalidArgumentError);
  });
});
