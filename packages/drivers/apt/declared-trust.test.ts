import { describe, expect, it } from 'vitest';
import { createRecordedHost } from '../recorded-host.ts';
import { declaresTrust } from './declared-trust.ts';

const host = createRecordedHost({
  files: {
    '/etc/apt/sources.list': [
      'deb http://m/debian stable main',
      'deb [arch=amd64 trusted=yes] http://m/local ./',
      'deb [trusted=no] http://m/other ./',
      'deb [signed-by=/k.gpg] http://m/debian stable main # trusted=yes',
    ].join('\n'),
    '/etc/apt/sources.list.d/x.sources': [
      '# A comment of its own\n',
      'Types: deb\nURIs: http://m/debian\nSuites: stable\nComponents: main\nSigned-By: /k.gpg\n',
      'Types: deb\nURIs: http://m/local\nSuites: ./\nTrusted: Yes\n',
    ].join('\n'),
  },
});

describe('a sources entry that says that its repository is trusted', () => {
  it.each([
    ['/etc/apt/sources.list:1', 'http://m/debian/', false],
    ['/etc/apt/sources.list:2', 'http://m/local/', true],
    ['/etc/apt/sources.list:3', 'http://m/other/', false],
    ['/etc/apt/sources.list:4', 'http://m/debian/', false],
    ['/etc/apt/sources.list.d/x.sources:1', 'http://m/debian/', false],
    ['/etc/apt/sources.list.d/x.sources:2', 'http://m/local/', true],
    ['/etc/apt/gone.list:1', 'http://m/debian/', true],
    ['nonsense', 'http://m/debian/', true],
  ])('%s of %s: %s', async (entry, uri, declared) => {
    expect(await declaresTrust(host, entry, uri)).toBe(declared);
  });
});
