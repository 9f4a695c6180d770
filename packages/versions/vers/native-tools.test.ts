import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeFromNative, versContains, VersionError } from '../index.ts';

interface Oracle {
  readonly scheme: string;
  readonly tool: string;
  readonly isThere: boolean;
  readonly program: string;
  readonly args: readonly string[];
  readonly versions: fc.Arbitrary<string>;
  readonly ranges: fc.Arbitrary<string>;
}

const part = fc.integer({ min: 0, max: 3 });
const numbers = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

/** One to three alternatives of one or two comparators each. */
function rangesOf(comparators: readonly string[], versions: fc.Arbitrary<string>, and: string, or: string) {
  const comparator = fc.tuple(fc.constantFrom(...comparators), versions).map(([sign, version]) => `${sign} ${version}`);
  const every = fc.array(comparator, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(and));
  return fc.array(every, { minLength: 1, maxLength: or === '' ? 1 : 3 }).map((parts) => parts.join(or));
}

const gemVersion = fc
  .tuple(numbers, fc.constantFrom('', '', '.rc1', '.a', '.beta.2', '-1'))
  .map((parts) => parts.join(''));
const composerVersion = fc
  .tuple(numbers, fc.constantFrom('', '', '-beta', '-RC1', '-dev', '-p1', 'beta2', '-alpha.1', '+build', '.x-dev'))
  .filter(([text, suffix]) => suffix !== '.x-dev' || text.split('.').length < 4)
  .map((parts) => parts.join(''));
const mavenVersion = fc
  .tuple(numbers, fc.constantFrom('', '', '-SNAPSHOT', '-rc1', '.Final', '-alpha-2'))
  .map((parts) => parts.join(''));
const interval = fc
  .tuple(fc.constantFrom('[', '('), mavenVersion, fc.constantFrom(',', ', '), mavenVersion, fc.constantFrom(']', ')'))
  .map((parts) => parts.join(''));

const MAVEN_ARTIFACT = '/usr/share/java/maven3-artifact.jar';

const ORACLES: readonly Oracle[] = [
  {
    scheme: 'gem',
    tool: 'Gem::Requirement',
    isThere: spawnSync('ruby', ['--version']).status === 0,
    program: 'ruby',
    args: [
      '-e',
      `STDIN.each_line(chomp: true) do |line|
         version, range = line.split("\\t")
         puts Gem::Requirement.new(range.split(/, */)).satisfied_by?(Gem::Version.new(version))
       end`,
    ],
    versions: gemVersion,
    ranges: rangesOf(['=', '!=', '<', '<=', '>', '>=', '~>'], gemVersion, ', ', ''),
  },
  {
    scheme: 'composer',
    tool: 'Composer\\Semver\\Semver::satisfies',
    isThere: spawnSync('php', ['--version']).status === 0 && existsSync('/usr/share/php/Composer/Semver'),
    program: 'php',
    args: [
      '-r',
      `require '/usr/share/php/Composer/Semver/autoload.php';
       while (($line = fgets(STDIN)) !== false) {
         [$version, $range] = explode("\\t", rtrim($line, "\\n"));
         echo Composer\\Semver\\Semver::satisfies($version, $range) ? 'true' : 'false', "\\n";
       }`,
    ],
    versions: composerVersion,
    ranges: rangesOf(['=', '!=', '<', '<=', '>', '>='], composerVersion, ', ', ' | '),
  },
  {
    scheme: 'maven',
    tool: 'VersionRange',
    isThere: spawnSync('java', ['--version']).status === 0 && existsSync(MAVEN_ARTIFACT),
    program: 'java',
    args: [
      '-cp',
      `${MAVEN_ARTIFACT}:/usr/share/java/commons-lang3.jar`,
      join(import.meta.dirname, '../vectors/testing/oracles/maven-range.java'),
    ],
    versions: mavenVersion,
    ranges: interval,
  },
];

describe.each(ORACLES)('$scheme ranges', ({ scheme, tool, isThere, program, args, versions, ranges }) => {
  if (!isThere)
    process.stderr.write(`\n!!! SKIPPED: ${scheme} ranges against ${tool}: this machine does not have it !!!\n\n`);

  it.skipIf(!isThere)(
    `contain what ${tool} says`,
    () => {
      const questions = fc.sample(fc.tuple(versions, ranges), { seed: 8, numRuns: 5_000 });
      const input = questions.map(([version, range]) => `${version}\t${range}\n`).join('');
      const answers = spawnSync(program, args, { input, encoding: 'utf8' }).stdout.trim().split('\n');
      expect(answers).toHaveLength(questions.length);
      const differing = questions.flatMap(([version, range], index) => {
        const ours = String(contains(scheme, range, version));
        return ours === answers[index] ? [] : [{ version, range, ours }];
      });
      expect(differing).toEqual([]);
      expect(new Set(answers)).toEqual(new Set(['true', 'false']));
    },
    60_000,
  );
});

/** A range that holds no version is refused; nothing is in it. */
function contains(scheme: string, range: string, version: string): boolean {
  try {
    return versContains(rangeFromNative(scheme, range), version);
  } catch (error) {
    if (error instanceof VersionError && /no version can be in it$|ends before it begins$/.test(error.message))
      return false;
    throw error;
  }
}
