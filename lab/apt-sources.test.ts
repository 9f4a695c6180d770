import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { machineMirror, parseDeb822Sources, parseOneLineSources } from './apt-sources.ts';
import { LabError } from './lab-error.ts';

describe('one-line sources', () => {
  test('an entry gives its uri, suite, components and key; comments and deb-src give nothing', () => {
    const content = [
      '# deb http://old.example/debian bookworm main',
      'deb http://mirror.example/debian/ bookworm main contrib # the archive',
      'deb-src http://mirror.example/debian bookworm main',
      'deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian-security bookworm-security main',
    ].join('\n');
    expect(parseOneLineSources(content)).toEqual([
      { uri: 'http://mirror.example/debian/', suite: 'bookworm', components: ['main', 'contrib'], signedBy: undefined },
      {
        uri: 'http://mirror.example/debian-security',
        suite: 'bookworm-security',
        components: ['main'],
        signedBy: '/k.gpg',
      },
    ]);
  });
});

describe('deb822 sources', () => {
  test('a stanza gives one entry for each uri and suite, whatever the case of its fields', () => {
    const content =
      'types: deb deb-src\nURIs: http://a.example/debian\n http://b.example/debian\nSuites: one two\nComponents: main';
    const pairs = parseDeb822Sources(content).map((source) => [source.uri, source.suite]);
    expect(pairs).toEqual([
      ['http://a.example/debian', 'one'],
      ['http://a.example/debian', 'two'],
      ['http://b.example/debian', 'one'],
      ['http://b.example/debian', 'two'],
    ]);
  });

  test('comments inside of a stanza are skipped, disabled and source-only stanzas give nothing', () => {
    const content = [
      'Types: deb\n# URIs: http://wrong.example/debian\nURIs: http://right.example/debian\nSuites: s\nComponents: main',
      'Types: deb\nEnabled: no\nURIs: http://off.example/debian\nSuites: s\nComponents: main',
      'Types: deb-src\nURIs: http://src.example/debian\nSuites: s\nComponents: main',
    ].join('\n\n');
    expect(parseDeb822Sources(content).map((source) => source.uri)).toEqual(['http://right.example/debian']);
  });
});

describe("the machine's mirror", () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-sources-'));
    mkdirSync(join(folder, 'sources.list.d'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is the first Debian archive; the security archive is beside it unless it is named', () => {
    writeFileSync(join(folder, 'sources.list'), 'deb http://mirror.example/debian/ bookworm main\n');
    expect(machineMirror(folder)).toMatchObject({
      archiveUrl: 'http://mirror.example/debian',
      securityUrl: 'http://mirror.example/debian-security',
    });
    writeFileSync(
      join(folder, 'sources.list.d/security.sources'),
      'Types: deb\nURIs: http://other.example/debian-security/\nSuites: s\nComponents: main\n',
    );
    expect(machineMirror(folder).securityUrl).toBe('http://other.example/debian-security');
  });

  test('is a typed error when no entry is a Debian archive', () => {
    writeFileSync(join(folder, 'sources.list.d/vendor.list'), 'deb http://vendor.example/apt stable main\n');
    expect(() => machineMirror(folder)).toThrow(expect.objectContaining({ code: 'apt-sources' }));
    expect(() => machineMirror(folder)).toThrow(LabError);
  });
});
