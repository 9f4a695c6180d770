import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import semver from 'semver';
import packageJson from 'semver/package.json' with { type: 'json' };
import type { Pair } from '../pairs.ts';
import { askOne, firstLine, texts, type Sign, type Tool } from './tool.ts';

const COMMON = [
  texts(
    'blanks, control characters and what is not ASCII, which some of the tools trim or read over',
    'refused',
    (text) => /[^!-~]/.test(text),
  ),
  texts('more than 256 characters', 'refused', (text) => text.length > 256),
];

/** Debian's package libmaven3-core-java. */
const JAVA_FOLDER = '/usr/share/java';
const MAVEN_CLASSES = `${JAVA_FOLDER}/maven3-artifact.jar:${JAVA_FOLDER}/commons-lang3.jar`;

/** Each language's own implementation, asked by a script of its own; one process for all pairs. */
export const LANGUAGE_TOOLS: readonly (readonly [string, Tool])[] = [
  [
    'composer',
    {
      name: 'Composer VersionParser::normalize and PHP version_compare',
      version: () => firstLine('composer', ['--version', '--no-ansi', '--no-plugins']),
      order: (pairs) => askOne('php', [oracle('composer.php')], pairs),
      exceptions: [
        ...COMMON,
        texts('numbers above 2^63, which PHP takes for equal', 'not-asked', (text) => /[0-9]{19}/.test(text)),
      ],
    },
  ],
  [
    'cran',
    {
      name: 'R numeric_version',
      version: () => firstLine('R', ['--version']),
      order: (pairs) => askOne('Rscript', ['--vanilla', oracle('cran.r')], pairs),
      exceptions: COMMON,
    },
  ],
  [
    'gem',
    {
      name: 'Gem::Version',
      version: () => firstLine('gem', ['--version']),
      order: (pairs) => askOne('ruby', [oracle('gem.rb')], pairs),
      exceptions: [...COMMON, texts('no text at all, which RubyGems takes for 0', 'refused', (text) => text === '')],
    },
  ],
  [
    'golang',
    {
      name: 'golang.org/x/mod/semver',
      version: () => firstLine('go', ['version']),
      order: askGo,
      exceptions: [
        ...COMMON,
        texts("Go's own toolchains, which are no module versions", 'not-asked', (text) => /^go[0-9]/.test(text)),
      ],
    },
  ],
  [
    'hackage',
    {
      name: 'Cabal Distribution.Version',
      version: () => firstLine('ghc', ['--version']),
      order: (pairs) => askOne('runghc', [oracle('hackage.hs')], pairs),
      exceptions: [
        ...COMMON,
        texts('tags, which Cabal reads over and deprecates', 'refused', (text) => /-/.test(text)),
      ],
    },
  ],
  [
    'hex',
    {
      name: 'Elixir Version.compare/2',
      version: () => firstLine('elixir', ['--short-version']),
      order: (pairs) => askOne('elixir', [oracle('hex.exs')], pairs),
      exceptions: COMMON,
    },
  ],
  [
    'maven',
    {
      name: 'Maven ComparableVersion, by way of the version in between where it contradicts itself',
      version: mavenArtifact,
      order: (pairs) => askOne('java', ['-cp', MAVEN_CLASSES, oracle('maven.java')], pairs),
      exceptions: [
        ...COMMON,
        texts('texts without a letter or digit', 'refused', (text) => !/[0-9A-Za-z]/.test(text)),
        texts("signs that can't stand in a file's name or a range", 'refused', (text) =>
          /[\\/:"<>|?*[\](){},]/.test(text),
        ),
      ],
    },
  ],
  [
    'npm',
    {
      name: 'node-semver',
      version: () => packageJson.version,
      order: async (pairs) => pairs.map(nodeSemverSign),
      exceptions: [
        ...COMMON,
        texts('identifiers above 2^53, which JavaScript rounds', 'not-asked', (text) =>
          /[-.][0-9]{16,}(?:[.+]|$)/.test(text),
        ),
      ],
    },
  ],
  [
    'pep440',
    {
      name: 'packaging.version',
      version: () =>
        firstLine('/usr/bin/python3', ['-c', 'import packaging; print("packaging", packaging.__version__)']),
      order: (pairs) => askOne('/usr/bin/python3', [oracle('pep440.py')], pairs),
      exceptions: COMMON,
    },
  ],
];

function oracle(file: string): string {
  return join(import.meta.dirname, 'oracles', file);
}

function mavenArtifact(): string | null {
  if (!existsSync(JAVA_FOLDER)) return null;
  return readdirSync(JAVA_FOLDER).find((name) => /^maven3-artifact-[0-9.]+\.jar$/.test(name)) ?? null;
}

const SIGNS = new Map<number, Sign>([
  [-1, '<'],
  [0, '='],
  [1, '>'],
]);

function nodeSemverSign([a, b]: Pair): Sign {
  if (semver.valid(a) === null || semver.valid(b) === null) return '?';
  return SIGNS.get(semver.compare(a, b)) ?? '?';
}

/** The package is in Go's own sources, where no module may import it from: it is compiled from there as part of the oracle. */
async function askGo(pairs: readonly Pair[]): Promise<readonly Sign[]> {
  const folder = mkdtempSync(join(tmpdir(), 'thimble-go-oracle-'));
  try {
    const root = firstLine('go', ['env', 'GOROOT']) ?? '';
    mkdirSync(join(folder, 'semver'));
    copyFileSync(join(root, 'src/cmd/vendor/golang.org/x/mod/semver/semver.go'), join(folder, 'semver/semver.go'));
    copyFileSync(oracle('golang.go'), join(folder, 'main.go'));
    writeFileSync(join(folder, 'go.mod'), 'module oracle\n');
    return await askOne('sh', ['-c', 'cd "$1" && exec go run .', 'sh', folder], pairs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
