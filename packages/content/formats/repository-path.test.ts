import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentFault } from '../model/index.ts';
import { repositoryPath } from './repository-path.ts';

describe('a path that metadata states', () => {
  test.each([
    ['Packages/g/gcc-c++-13.2.1-7.fc39.x86_64.rpm', 'Packages/g/gcc-c++-13.2.1-7.fc39.x86_64.rpm'],
    ['./noarch/a~rc1-1.noarch.rpm', 'noarch/a~rc1-1.noarch.rpm'],
    ['pool/main/o/./openssl_1%3a3.deb', 'pool/main/o/openssl_1%3a3.deb'],
    ['pool/main/..x/a', 'pool/main/..x/a'],
  ])('%s is taken as %s', (stated, path) => {
    expect(repositoryPath(stated, 'location')).toBe(path);
  });

  test.each([
    '',
    '.',
    './',
    '/etc/passwd',
    '//host/a',
    '..',
    '../a',
    'a/../../b',
    'a/..',
    'a//b',
    'a/',
    'a\\..\\b',
    'a/%2e%2e/b',
    'a%2Fb',
    'a%00',
    'a\0b',
    'a\nb',
    'https://evil.example/a',
    'file:a',
    '\ud800',
    'x'.repeat(2049),
  ])('%j is refused', (stated) => {
    expect(() => repositoryPath(stated, 'location')).toThrow(expect.objectContaining({ code: 'unsafe-path' }));
  });

  test('what is taken stays below every base address, and is taken as itself', () => {
    const base = new URL('https://mirror.example/repository/');
    const alphabet = fc.constantFrom('a', '.', '/', '\\', '%', '2', 'e', ':', '?', '#', '\0', '~', '+', 'ü');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 24 }), (stated) => {
        let path: string;
        try {
          path = repositoryPath(stated, 'location');
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
          return;
        }
        const url = new URL(path.split('/').map(encodeURIComponent).join('/'), base);
        expect(url.href.startsWith(base.href)).toBe(true);
        expect(repositoryPath(path, 'location')).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});
