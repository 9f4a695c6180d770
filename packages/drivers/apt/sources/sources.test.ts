import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalHost } from '../../local-host.ts';
import { comparableAddress, parseAddress, withoutCredentials } from './address.ts';
import { parseDeb822Sources } from './deb822-form.ts';
import { inlineKey } from './keyrings.ts';
import { parseOneLine } from './one-line.ts';
import { readSources } from './read-sources.ts';

const hasApt = existsSync('/usr/bin/apt-get');

/** What is written, by the name of its file. */
const CONFIGURED: Readonly<Record<string, string>> = {
  'sources.list': `# a comment
deb http://a.example/debian bookworm main contrib # and another
deb-src http://a.example/debian bookworm main
deb [ arch=amd64,arm64 signed-by=/k.gpg ] https://b.example/x/ stable main
deb	[trusted=yes]	http://c.example/flat	./
deb [arch+=i386 lang=none] http://d.example/deep unstable/sub/ #x
  deb http://user:secret@e.example/private stable main
deb http://f.example/$(ARCH)/x $(ARCH)/
deb "http://g.example/quoted" stable main
deb [signed-by=/with#sign.gpg] http://h.example/hash stable main
`,
  'sources.list.d/two.sources': `# at the top

Types: deb deb-src
URIs: http://i.example/debian
  http://j.example/debian
Suites: bookworm bookworm-updates
# between fields
Components: main
 non-free
Signed-By: /k.gpg

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

types: deb
uris: http://k.example/flat
suites: ./
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEY865UxYJKwYBBAHaRw8BAQdAd7Z0srwuhlB6JKFkcf4HU4SSS/xcRfwEQWzr
 -----END PGP PUBLIC KEY BLOCK-----
`,
  'sources.list.d/not-read.txt': 'deb http://txt.example/debian bookworm main\n',
  'sources.list.d/.hidden.list': 'deb http://hidden.example/debian bookworm main\n',
};

describe('the sources of apt', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'apt-sources-'));
    mkdirSync(join(folder, 'sources.list.d'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  };
  const read = () =>
    readSources(createLocalHost(), {
      sourceList: join(folder, 'sources.list'),
      sourceParts: join(folder, 'sources.list.d'),
    });
  /** `URI SUITE` of what apt itself would fetch, without a network. */
  const aptsOwn = (): readonly string[] => {
    mkdirSync(join(folder, 'lists/partial'), { recursive: true });
    const options = [
      `Dir::Etc::sourcelist=${folder}/sources.list`,
      `Dir::Etc::sourceparts=${folder}/sources.list.d`,
      `Dir::State::lists=${folder}/lists`,
      'APT::Architecture=amd64',
      'APT::Architectures::=amd64',
    ].flatMap((option) => ['-o', option]);
    const printed = execFileSync('apt-get', [...options, 'update', '--print-uris'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return [...printed.matchAll(/^'(\S+)InRelease' /gm)].map(([, uri = '']) => uri);
  };
  const ours = (uri: string, suite: string) => {
    const base = uri.replace(/\/*$/, '/').replaceAll('$(ARCH)', 'amd64');
    const path = suite.replaceAll('$(ARCH)', 'amd64');
    return path.endsWith('/') ? base + path : `${base}dists/${path}/`;
  };

  test.skipIf(!hasApt)('are those that apt itself has', async () => {
    write(CONFIGURED);
    const { entries, gaps } = await read();
    expect(gaps).toEqual([]);
    const found = new Set(entries.map(({ uri, suite }) => withoutCredentials(ours(uri, suite))));
    expect([...found].sort()).toEqual([...new Set(aptsOwn().map(withoutCredentials))].sort());
    expect(found.size).toBe(13);
  });

  test('keep their options by one name, whichever form they have', async () => {
    write(CONFIGURED);
    const { entries } = await read();
    const optionsOf = (uri: string) => Object.fromEntries(entries.find((each) => each.uri === uri)?.options ?? []);
    expect(optionsOf('https://b.example/x/')).toEqual({ architectures: 'amd64,arm64', 'signed-by': '/k.gpg' });
    expect(optionsOf('http://c.example/flat')).toEqual({ trusted: 'yes' });
    expect(optionsOf('http://d.example/deep')).toEqual({ 'architectures-add': 'i386', languages: 'none' });
    expect(optionsOf('http://h.example/hash')).toEqual({ 'signed-by': '/with#sign.gpg' });
    expect(optionsOf('http://i.example/debian')).toEqual({ 'signed-by': '/k.gpg' });
    expect(inlineKey(optionsOf('http://k.example/flat')['signed-by'] ?? '')).toBe(
      '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEY865UxYJKwYBBAHaRw8BAQdAd7Z0srwuhlB6JKFkcf4HU4SSS/xcRfwEQWzr\n-----END PGP PUBLIC KEY BLOCK-----\n',
    );
  });

  test.each([
    ['deb [arch=amd64 http://x stable main', 'a quotation mark or a bracket is not closed'],
    ['deb http://x', 'it lacks an address or a suite'],
    ['deb http://x stable', 'it lacks components'],
    ['deb http://x ./ main', 'a path as suite takes no components'],
    ['rpm http://x stable main', 'sources of the type "rpm" are not known'],
    ['deb [=amd64] http://x stable main', 'its options can not be read'],
  ])('%j can not be read, and that is told', (line, why) => {
    expect(parseOneLine(`\n${line}\n`, '/f')).toEqual({ entries: [], faults: [{ number: 2, why }] });
  });

  test.each([
    ['Types: deb\nURIs: http://x\nComponents: main\n', 'it lacks URIs or Suites'],
    ['Types: deb\nURIs: http://x\nSuites: stable\n', 'it lacks components'],
    ['Types: rpm\nURIs: http://x\nSuites: stable\n', 'its types are not known'],
    ['what is this\n', 'a line is neither a field nor goes on with one'],
  ])('the stanza %j can not be read, and that is told', (stanza, why) => {
    expect(parseDeb822Sources(`# c\n\n${stanza}`, '/f')).toEqual({ entries: [], faults: [{ number: 1, why }] });
  });

  test('of any content never throw, and give no more than they got', () => {
    const words = fc.constantFrom(
      'deb',
      'deb-src',
      '[',
      ']',
      '"',
      '#',
      'arch=a',
      'http://x',
      './',
      'main',
      'Types:',
      '\n',
      ' ',
      ':',
      '\t',
      'URIs: a b',
      'Suites: c',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => {
        const text = parts.join(' ');
        for (const { entries, faults } of [parseOneLine(text, '/f'), parseDeb822Sources(text, '/f')])
          expect(entries.length + faults.length).toBeLessThanOrEqual(text.length ** 2 + 1);
      }),
      { numRuns: 300 },
    );
  });

  test('a file that is too large is a gap, and the others are read', async () => {
    write({ 'sources.list': 'deb http://a stable main\n', 'sources.list.d/big.list': '#'.repeat(2 * 1024 * 1024) });
    const { entries, gaps } = await read();
    expect(entries.map(({ uri }) => uri)).toEqual(['http://a']);
    expect(gaps.map(({ what }) => what)).toEqual([join(folder, 'sources.list.d/big.list')]);
  });
});

describe("a repository's address", () => {
  test.each([
    ['http://x.example/debian', 'http://x.example/debian', false],
    ['HTTPS://user:pa@ss@x.example/a', 'HTTPS://x.example/a', false],
    ['mirror+https://x.example/list', 'https://x.example/list', true],
    ['mirror://x.example/list', 'http://x.example/list', true],
  ])('%s is told as %s', (uri, plain, isMirrorList) => {
    expect(parseAddress(uri)).toEqual({ plain, isMirrorList });
  });

  test.each([
    'file:/srv/x',
    'cdrom:[Debian]/',
    'copy:/x',
    'ssh://x/y',
    'tor+https://x.onion/y',
    's3://b/x',
    'x',
    'mirror+file:/l',
    'http://',
    '//x/y',
  ])('%s is of this machine alone, or not known', (uri) => {
    expect(parseAddress(uri)).toBeNull();
  });

  test.each([
    ['http://X.Example/Debian/', 'HTTP://x.example/Debian'],
    ['https://u:p@x.example:443/a//', 'https://x.example/a'],
    ['http://x.example:80', 'http://x.example/'],
  ])('%s means the same place as %s', (one, other) => {
    expect(comparableAddress(one)).toBe(comparableAddress(other));
  });

  test.each([
    ['http://x.example/a', 'https://x.example/a'],
    ['http://x.example/a', 'http://x.example/A'],
    ['http://x.example:8080/a', 'http://x.example/a'],
  ])('%s means another place than %s', (one, other) => {
    expect(comparableAddress(one)).not.toBe(comparableAddress(other));
  });
});
