import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseSources, type SourcesFault } from './parse-sources.ts';

const CLIENT = ['amd64', 'i386'];
const hasApt = existsSync('/usr/bin/apt-get');
if (!hasApt) console.warn('NOT TESTED against apt: this machine has no apt-get');
const work = mkdtempSync(join(tmpdir(), 'sources-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const OPTIONS: readonly string[] = [
  'Dir::State::status=/dev/null',
  'APT::Architecture=amd64',
  ...CLIENT.map((one) => `APT::Architectures::=${one}`),
  // Without the Release files' content all that is configured is listed.
  'APT::Get::IndexTargets::ReleaseInfo=false',
];
const FORMAT = '$(CREATED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ARCHITECTURE)|';

/** What real apt takes from the same text, `null`: it refuses it. */
function aptSees(text: string, name: string): readonly string[] | null {
  const folder = mkdtempSync(join(work, 'etc-'));
  mkdirSync(join(folder, 'sources.list.d'));
  mkdirSync(join(folder, 'lists/partial'), { recursive: true });
  writeFileSync(join(folder, 'sources.list.d', name), text);
  const options = [`Dir::Etc=${folder}`, `Dir::State::lists=${folder}/lists`, ...OPTIONS];
  const args = [...options.flatMap((option) => ['-o', option]), 'indextargets', '--format', FORMAT];
  const { stdout, stderr } = spawnSync('apt-get', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (stderr.includes('E: ')) return null;
  const lines = stdout.split('\n').filter((line) => line.startsWith('Packages|') && !line.includes('|all|'));
  // What a flat repository has not is left as it was asked for.
  return [...new Set(lines.map((line) => line.slice(9).replaceAll(/\$\(\w+\)/g, '')))].toSorted();
}

function weSee(text: string): readonly string[] {
  const { sources } = parseSources(text, CLIENT);
  const seen = sources.flatMap(({ definition: { uris, suite, components, architectures } }) =>
    suite.endsWith('/')
      ? // apt shows the root as nothing.
        [`${uris[0]}|${suite === '/' ? '' : suite}|||`]
      : components.flatMap((component) => architectures.map((one) => `${uris[0]}|${suite}|${component}|${one}|`)),
  );
  return seen.toSorted();
}

const LINES: readonly string[] = [
  'deb http://a.example/debian stable main contrib # a comment\n\n# deb http://b.example/ x main\n',
  '  deb\thttp://a.example/debian/  stable   main\r\n',
  'deb [arch=amd64,arm64 signed-by=/k.gpg] https://a.example/ubuntu jammy main\ndeb-src http://a.example x main\n',
  'deb [ arch=armhf arch+=arm64 arch-=armhf ] http://a.example s main\n',
  'deb [arch-=i386 trusted=yes lang=none] http://a.example s main\n',
  'deb [arch+=arm64] "http://a.example/q" stable "main"\n',
  'deb http://a.example/x ./\n',
  'deb http://a.example/x /\n',
  'deb http://a.example/x sub/dir/\n',
  'deb [arch=amd64] http://a.example/x $(ARCH)/\n',
  'deb http://a.example/$(ARCH)/z suite main\n',
  'deb http://a.example:8080/x buster/updates main\n',
  'deb http://a.example s main\ndeb http://a.example s contrib main\n',
  '',
];

const STANZAS: readonly string[] = [
  'Types: deb deb-src\nURIs: http://a.example/debian http://b.example/\nSuites: stable\n stable-updates\nComponents: main\n contrib\n',
  '# a comment\n\nTypes: deb\nURIs: http://a.example/debian\n# inside\n http://b.example/x\nSuites: s\nComponents: main\n',
  'Enabled: no\nTypes: deb\nURIs: http://a.example/\nSuites: s\nComponents: main\n\nTypes: deb\nURIs: http://b.example/\nSuites: s\nComponents: main\n',
  'Types: deb\nURIs: http://a.example/\nSuites: s\nComponents: main\n \nEnabled: false\n',
  'Enabled: maybe\nTypes: deb\nURIs: http://a.example/\nSuites: s\nComponents: main',
  'types: deb\nuris: http://a.example/x\nsuites: ./\nArchitectures-Remove: i386\n',
  'Types: deb\nURIs: http://a.example/\nSuites: s\nComponents: main\nArchitectures: amd64,armhf\nArchitectures-Add: arm64\n\n\n',
  'Types: deb-src\nURIs: http://a.example/\nSuites: s\nComponents: main\n',
  'Types: deb\r\nURIs: http://a.example/\r\nSuites: s\r\nComponents: main\r\n',
  'Types: deb\nURIs: http://a.example/\nSuites: s\nComponents: main\nX-Own: value\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n xjMEa\n -----END PGP PUBLIC KEY BLOCK-----\n',
];

describe('sources that apt can use', () => {
  test.skipIf(!hasApt).each(LINES)('%j are the repositories that apt sees', (text) => {
    expect(parseSources(text, CLIENT).faults).toEqual([]);
    expect(weSee(text)).toEqual(aptSees(text, 'x.list'));
  });

  test.skipIf(!hasApt).each(STANZAS)('%j are the repositories that apt sees', (text) => {
    expect(parseSources(text, CLIENT).faults).toEqual([]);
    expect(weSee(text)).toEqual(aptSees(text, 'x.sources'));
  });

  test('have all that a repository needs, and where it was said', () => {
    const text = '# mine\ndeb [arch=amd64 signed-by=/a.gpg,0123ABCD] https://a.example/debian stable main contrib\n';
    expect(parseSources(text, CLIENT)).toEqual({
      sources: [
        {
          definition: {
            format: 'apt',
            uris: ['https://a.example/debian/'],
            mirrorList: null,
            suite: 'stable',
            components: ['main', 'contrib'],
            architectures: ['amd64'],
            signature: 'metadata',
          },
          line: 2,
          signedBy: ['/a.gpg', '0123ABCD'],
          embeddedKey: null,
          declaredTrusted: false,
        },
      ],
      faults: [],
    });
  });

  test('of one address, suite and key are one repository with all components', () => {
    const text =
      'deb http://a.example s main\ndeb http://a.example s main contrib\ndeb [trusted=yes] http://a.example s main\n';
    const { sources } = parseSources(text, CLIENT);
    expect(
      sources.map(({ line, definition, declaredTrusted }) => [line, definition.components, declaredTrusted]),
    ).toEqual([
      [1, ['main', 'contrib'], false],
      [3, ['main'], true],
    ]);
  });

  test('keep a key that is written into them', () => {
    const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxjMEa\n-----END PGP PUBLIC KEY BLOCK-----';
    const text = STANZAS.at(-1) ?? '';
    expect(parseSources(text, CLIENT).sources).toMatchObject([{ embeddedKey: key, signedBy: [] }]);
  });
});

describe('sources that can’t be used', () => {
  type Case = readonly [text: string, fault: SourcesFault];
  const malformed = (line: number, message: string): SourcesFault => ({ line, code: 'malformed', message });
  const unsupported = (line: number, message: string): SourcesFault => ({ line, code: 'unsupported', message });
  const FILES = 'these are files on the endpoint itself, nothing that the server could fetch';

  test.each<Case>([
    ['deb http://x.example/y stable', malformed(1, 'suite stable needs a component, such as main')],
    [
      '\ndeb http://x.example/y ./ main',
      malformed(2, 'suite ./ ends in /, so it is a flat repository and has no components'),
    ],
    ['deb x stable main', malformed(1, '"x" is no address')],
    ['deb [arch=amd64 http://x.example stable main', malformed(1, 'its options do not end with ] and a blank')],
    ['deb [arch=armhf]http://x s main', malformed(1, 'its options do not end with ] and a blank')],
    ['deb [ arch = amd64 ] http://x s main', malformed(1, '"arch" is no option: name=value, without blanks')],
    ['deb [arch=] http://x s main', malformed(1, '"arch=" is no option: name=value, without blanks')],
    ['deb http://x.example', malformed(1, 'it needs an address and a suite: deb ADDRESS SUITE COMPONENT')],
    ['deb http://y s main\nrpm http://x s main', malformed(2, '"rpm" is no type of source: deb or deb-src')],
    [
      'Types: deb rpm\nURIs: http://x\nSuites: s\nComponents: main',
      malformed(1, 'Types is "rpm": it needs deb or deb-src'),
    ],
    ['URIs: http://x\nSuites: s\nComponents: main', malformed(1, 'Types is "": it needs deb or deb-src')],
    ['\nTypes: deb\nSuites: s\nComponents: main', malformed(2, 'it has no URIs')],
    ['Types: deb\nURIs: http://x\nComponents: main', malformed(1, 'it has no Suites')],
    [
      'Types: deb\nURIs: http://x\nSuites: s ./\nComponents: main',
      malformed(1, 'suite ./ ends in /, so it is a flat repository and has no components'),
    ],
  ])('%j is malformed, for apt as well', (text, fault) => {
    expect(parseSources(text, CLIENT).faults).toEqual([fault]);
    if (hasApt)
      expect(
        aptSees(`${text}\n`, text.includes('Types:') || text.includes('URIs:') ? 'x.sources' : 'x.list'),
      ).toBeNull();
  });

  test.each<Case>([
    ['deb cdrom:[Debian 12 # x]/ stable main', unsupported(1, `addresses that begin with cdrom: ${FILES}`)],
    ['deb file:/srv/x s main', unsupported(1, `addresses that begin with file: ${FILES}`)],
    [
      'deb mirror://x.example/list s main',
      unsupported(
        1,
        "addresses that begin with mirror: a list of mirrors changes by itself; name the mirrors' own addresses instead",
      ),
    ],
    [
      'deb mirror+file:/etc/m s main',
      unsupported(
        1,
        "addresses that begin with mirror+file: a list of mirrors changes by itself; name the mirrors' own addresses instead",
      ),
    ],
    [
      'deb tor+http://x.example s main',
      unsupported(
        1,
        'addresses that begin with tor+http: the server does not fetch through Tor; name the address without it',
      ),
    ],
    ['deb ftp://x.example s main', unsupported(1, 'addresses that begin with ftp: only http and https are fetched')],
    [
      'deb http://u:secret@x.example s main',
      unsupported(1, 'the address on x.example has a password in it: it would be shown to all who see the repository'),
    ],
    ['deb http:/x.example/y s main', malformed(1, '"http:/x.example/y" is no address of a repository')],
    ['deb http://x.example x-$(ARCH) main', unsupported(1, '"x-$(ARCH)" has characters that are not for suites')],
    [
      'deb http://x.example s ../main',
      unsupported(
        1,
        'the suite is "dists/x/../main/Release", which leaves the repository: nothing of this metadata is taken',
      ),
    ],
    [
      'Types: deb\nURIs: http://x\nURIs: http://y\nSuites: s\nComponents: main',
      malformed(3, 'the field URIs is there twice, of which apt takes the last one'),
    ],
    [
      'Types: deb\nnonsense\nURIs: http://x\nSuites: s\nComponents: main',
      malformed(2, '"nonsense" is no field: Name: value'),
    ],
    [' x\n', malformed(1, 'a line that begins with a blank continues nothing')],
    ['deb [arch=AMD64] http://x s main', malformed(1, '"AMD64" is no architecture')],
  ])('%j is told with its line', (text, fault) => {
    expect(parseSources(text, CLIENT).faults).toEqual([fault]);
  });

  test('leave the others as they are', () => {
    const { sources, faults } = parseSources('deb http://a.example s main\nfoo\ndeb http://b.example s main\n', CLIENT);
    expect(sources.map(({ definition }) => definition.uris[0])).toEqual(['http://a.example/', 'http://b.example/']);
    expect(faults).toMatchObject([{ line: 2 }]);
  });

  test('are limited in size and number', () => {
    expect(parseSources('x'.repeat(2_000_000), CLIENT)).toMatchObject({ sources: [], faults: [{ line: 1 }] });
    const many = Array.from({ length: 3000 }, (_, at) => `deb http://a.example s${at} main`).join('\n');
    const { sources, faults } = parseSources(many, CLIENT);
    expect(sources).toHaveLength(1000);
    expect(faults).toEqual([malformed(1001, 'there are more than 1000 repositories')]);
  });

  test('never throw, whatever they are', () => {
    const word = fc.constantFrom(
      'deb',
      ' ',
      '[',
      ']',
      'arch=',
      'http://x',
      'Types: deb',
      'URIs:',
      '\n',
      '\n\n',
      '#',
      '"',
      './',
      '$(ARCH)',
      '\r',
      'Signed-By:',
      ' .',
      's',
      'main',
      '%2e',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          fc.array(word, { maxLength: 40 }).map((all) => all.join('')),
        ),
        (text) => {
          const { sources } = parseSources(text, CLIENT);
          for (const { definition } of sources) expect(definition.uris[0]).toMatch(/^https?:\/\/.*\/$/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
