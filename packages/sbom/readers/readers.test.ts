import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READERS, readerOf, SbomError } from '../index.ts';

function read(path: string, text: string) {
  const reader = readerOf(path);
  if (reader === undefined) throw new Error(`no reader for ${path}`);
  const { components, gaps } = reader.read(Buffer.from(text), path);
  return { purls: components.map(({ purl }) => purl), gaps: gaps.map(({ what }) => what.replace(`${path}: `, '')) };
}

const CASES: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  [
    'app/package-lock.json',
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { name: 'app', version: '1.0.0' },
        'packages/own': { version: '1.0.0' },
        'node_modules/own': { link: true, resolved: 'packages/own' },
        'node_modules/@babel/core': { version: '7.24.0', license: 'MIT' },
        'node_modules/a/node_modules/lodash': { version: '4.17.20' },
        'node_modules/old': { name: 'lodash', version: '4.17.21' },
        'node_modules/forked': { version: 'git+ssh://git@example.org/x.git#abc' },
      },
    }),
    ['pkg:npm/%40babel/core@7.24.0', 'pkg:npm/lodash@4.17.20', 'pkg:npm/lodash@4.17.21'],
    ['forked'],
  ],
  [
    'package-lock.json',
    JSON.stringify({
      lockfileVersion: 1,
      dependencies: {
        minimist: { version: '1.2.5', dependencies: { lodash: { version: '4.17.20' } } },
        alias: { version: 'npm:qs@6.5.2' },
      },
    }),
    ['pkg:npm/minimist@1.2.5', 'pkg:npm/lodash@4.17.20', 'pkg:npm/qs@6.5.2'],
    [],
  ],
  [
    'yarn.lock',
    '# yarn lockfile v1\n\n"@babel/core@^7.0.0", "@babel/core@^7.1.0":\n  version "7.24.0"\n  resolved "x"\n  dependencies:\n    version "1"\n\nlodash@^4:\n  version "4.17.20"\n\n"old@npm:qs@^6":\n  version "6.5.2"\n',
    ['pkg:npm/%40babel/core@7.24.0', 'pkg:npm/lodash@4.17.20', 'pkg:npm/qs@6.5.2'],
    [],
  ],
  [
    'yarn.lock',
    '__metadata:\n  version: 8\n\n"lodash@npm:^4":\n  version: 4.17.20\n  resolution: "lodash@npm:4.17.20"\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "app@workspace:."\n',
    ['pkg:npm/lodash@4.17.20'],
    [],
  ],
  [
    'pnpm-lock.yaml',
    "lockfileVersion: '9.0'\npackages:\n  '@babel/core@7.24.0':\n    resolution: {integrity: x}\n  lodash@4.17.20:\n    resolution: {integrity: x}\n  'own@file:../own':\n    resolution: {directory: ../own}\n",
    ['pkg:npm/%40babel/core@7.24.0', 'pkg:npm/lodash@4.17.20'],
    ['own@file:../own'],
  ],
  [
    'pnpm-lock.yaml',
    'lockfileVersion: 5.4\npackages:\n  /@babel/core/7.24.0_react@18.0.0:\n    resolution: {integrity: x}\n  /lodash/4.17.20:\n    resolution: {integrity: x}\n',
    ['pkg:npm/%40babel/core@7.24.0', 'pkg:npm/lodash@4.17.20'],
    [],
  ],
  [
    'x/node_modules/@a/b/package.json',
    '{"name":"@a/b","version":"1.0.0","license":"MIT"}',
    ['pkg:npm/%40a/b@1.0.0'],
    [],
  ],
  ['x/node_modules/b/package.json', '{"type":"module"}', [], []],
  [
    'requirements.txt',
    '# pinned\nDjango[argon2]==4.2.1 ; python_version > "3"\nruamel.yaml === 0.17 \\\n    --hash=sha256:abc\nrequests>=2\n-r other.txt\n',
    ['pkg:pypi/django@4.2.1', 'pkg:pypi/ruamel-yaml@0.17'],
    ['requests'],
  ],
  [
    'uv.lock',
    'version = 1\n[[package]]\nname = "app"\nversion = "0.1.0"\nsource = { editable = "." }\n[[package]]\nname = "Jinja2"\nversion = "3.1.2"\nsource = { registry = "x" }\n',
    ['pkg:pypi/jinja2@3.1.2'],
    [],
  ],
  [
    'Pipfile.lock',
    '{"default":{"flask":{"version":"==2.0.1"}},"develop":{"own":{"path":"."}}}',
    ['pkg:pypi/flask@2.0.1'],
    ['own'],
  ],
  [
    'lib/Jinja2-3.1.2.dist-info/METADATA',
    'Metadata-Version: 2.1\nName: Jinja2\nVersion: 3.1.2\nLicense: BSD\n\nName: not this\n',
    ['pkg:pypi/jinja2@3.1.2'],
    [],
  ],
  [
    'go.mod',
    'module example.org/app\n\ngo 1.22\ntoolchain go1.22.3\n\nrequire (\n\tgolang.org/x/net v0.17.0\n\tgithub.com/a/b v1.0.0 // indirect\n\tgithub.com/c/d v1.1.0\n)\nrequire github.com/e/f/v2 v2.3.4\nreplace github.com/a/b => github.com/fork/b v1.0.1\nreplace github.com/c/d v1.1.0 => ../d\n',
    [
      'pkg:golang/stdlib@1.22.3',
      'pkg:golang/golang.org/x/net@v0.17.0',
      'pkg:golang/github.com/fork/b@v1.0.1',
      'pkg:golang/github.com/e/f/v2@v2.3.4',
    ],
    ['github.com/c/d'],
  ],
  [
    'Cargo.lock',
    'version = 3\n[[package]]\nname = "app"\nversion = "0.1.0"\n[[package]]\nname = "time"\nversion = "0.1.43"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n[[package]]\nname = "x"\nversion = "1.0.0"\nsource = "git+https://example.org/x"\n',
    ['pkg:cargo/time@0.1.43'],
    ['x'],
  ],
  [
    'pom.xml',
    '<project><parent><groupId>org.p</groupId><version>9</version></parent><artifactId>a</artifactId><properties><log.version>2.14.1</log.version></properties><dependencyManagement><dependencies><dependency><groupId>m</groupId><artifactId>n</artifactId><version>7</version></dependency></dependencies></dependencyManagement><dependencies><dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>${log.version}</version></dependency><dependency><groupId>m</groupId><artifactId>n</artifactId></dependency><dependency><groupId>${project.groupId}</groupId><artifactId>sibling</artifactId><version>${project.version}</version></dependency><dependency><groupId>u</groupId><artifactId>v</artifactId></dependency></dependencies></project>',
    ['pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1', 'pkg:maven/m/n@7', 'pkg:maven/org.p/sibling@9'],
    ['u:v'],
  ],
  ['META-INF/maven/g/a/pom.properties', '#made\nversion=1.2\ngroupId=g\nartifactId=a\n', ['pkg:maven/g/a@1.2'], []],
  [
    'gradle.lockfile',
    '# c\ncom.google.guava:guava:30.0-jre=compileClasspath\nempty=x\n',
    ['pkg:maven/com.google.guava/guava@30.0-jre'],
    [],
  ],
  [
    'Gemfile.lock',
    'GIT\n  remote: x\n  specs:\n    own (1.0)\n\nGEM\n  remote: x\n  specs:\n    nokogiri (1.15.4-x86_64-linux)\n      racc (~> 1.4)\n    rack (2.2.3)\n\nPLATFORMS\n  ruby\n',
    ['pkg:gem/nokogiri@1.15.4', 'pkg:gem/rack@2.2.3'],
    ['own'],
  ],
  ['gems/specifications/default/json-2.6.1.gemspec', '', ['pkg:gem/json@2.6.1'], []],
  [
    'packages.lock.json',
    '{"version":1,"dependencies":{"net8.0":{"Newtonsoft.Json":{"type":"Direct","resolved":"12.0.3"},"Own":{"type":"Project"}}}}',
    ['pkg:nuget/Newtonsoft.Json@12.0.3'],
    [],
  ],
  [
    'app.deps.json',
    '{"libraries":{"app/1.0.0":{"type":"project"},"Serilog/3.1.1":{"type":"package"}}}',
    ['pkg:nuget/Serilog@3.1.1'],
    [],
  ],
  [
    'composer.lock',
    '{"packages":[{"name":"Guzzlehttp/Guzzle","version":"v7.4.0","license":["MIT"]}],"packages-dev":[{"name":"a/b","version":"dev-main"}]}',
    ['pkg:composer/guzzlehttp/guzzle@7.4.0'],
    ['a/b'],
  ],
  [
    'pubspec.lock',
    'packages:\n  http:\n    source: hosted\n    version: "0.13.2"\n  own:\n    source: path\n    version: "1.0.0"\n',
    ['pkg:pub/http@0.13.2'],
    [],
  ],
  [
    'mix.lock',
    '%{\n  "plug": {:hex, :plug, "1.10.3", "abc", [:mix], [], "hexpm", "d"},\n  "own": {:git, "https://example.org/x.git", "abc", []},\n}\n',
    ['pkg:hex/plug@1.10.3'],
    ['own'],
  ],
  ['renv.lock', '{"Packages":{"digest":{"Package":"digest","Version":"0.6.25"}}}', ['pkg:cran/digest@0.6.25'], []],
  [
    'cabal.project.freeze',
    'constraints: any.aeson ==2.1.2.1,\n             any.base ==4.17\n',
    ['pkg:hackage/aeson@2.1.2.1', 'pkg:hackage/base@4.17'],
    [],
  ],
];

describe('a file that names packages', () => {
  it.each(CASES)('%s', (path, text, purls, gaps) => {
    expect(read(path, text)).toEqual({ purls, gaps });
  });

  it('is nobody’s when its name is not one of theirs', () => {
    for (const path of ['package.json', 'src/node_modules.ts', 'METADATA', 'lock', 'requirements.md', 'a/go.mod.txt'])
      expect(readerOf(path), path).toBeUndefined();
  });

  it('has each of the readers tried here', () => {
    expect([...new Set(CASES.map(([path]) => readerOf(path)?.id))].sort()).toEqual(READERS.map(({ id }) => id).sort());
  });

  it('that is garbage gives an error or gaps, never a package made of it', () => {
    const paths = CASES.map(([path]) => path).filter((path) => !path.endsWith('.gemspec'));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 300 }), (path, bytes) => {
        try {
          expect(readerOf(path)?.read(bytes, path).components).toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(SbomError);
        }
      }),
      { seed: 4, numRuns: 3_000 },
    );
  });

  it('that is cut off, has members of other kinds or names of prototypes, does no harm', () => {
    for (const [path, text] of CASES)
      for (let length = 0; length < text.length; length += 7)
        for (const mutated of [
          text.slice(0, length),
          `${text.slice(0, length)}"__proto__":{"version":1},${text.slice(length)}`,
          text.replaceAll('"', ''),
        ])
          try {
            readerOf(path)?.read(Buffer.from(mutated), path);
          } catch (error) {
            expect(error, `${path} ${mutated}`).toBeInstanceOf(SbomError);
          }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('of YAML that multiplies itself, or nested beyond reason, is refused', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`).join('\n')}\npackages: *i\n`;
    expect(() => readerOf('pnpm-lock.yaml')?.read(Buffer.from(bomb), 'pnpm-lock.yaml')).toThrow(SbomError);
    const deep = `${'{"dependencies":{"a":'.repeat(5_000)}{}${'}}'.repeat(5_000)}`;
    expect(read('package-lock.json', deep).gaps.length).toBeGreaterThan(0);
  });
});
