import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

describe('matchesGlob', () => {
  it.each([
    ['web*', 'web12', true],
    ['web*', 'aweb', false],
    ['*', '', true],
    ['web?', 'web1', true],
    ['web?', 'web', false],
    ['*.example.org', 'a.b.example.org', true],
    ['*-db-*', 'x-db-y-db-z', true],
    ['lib*3', 'libssl3', true],
    ['lib*3', 'libssl3t', false],
    ['WEB1', 'web1', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['a\\*', 'a*', false],
  ])('%j on %j is %j', (pattern, name, matches) => {
    expect(matchesGlob(pattern, name)).toBe(matches);
  });

  it('takes a pattern of nothing but stars apart in time', () => {
    expect(matchesGlob(`${'*a'.repeat(120)}b`, 'a'.repeat(255))).toBe(false);
  });
});
