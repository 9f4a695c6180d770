import { spawnSync } from 'node:child_process';
import { isVersion, orderVersions } from '@thimble/versions';
import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import type { Interval } from '../../model/index.ts';
import { cargoRequirement } from './cargo.ts';
import { gemRequirement } from './gem.ts';
import { npmRange } from './npm.ts';
import { complement, fixOf, intervalsOf, union, type VersionSet } from './version-set.ts';

const shown = (set: VersionSet | null): string[] | null =>
  set === null
    ? null
    : intervalsOf(set).map(({ introduced, fixed, lastAffected }) =>
        [introduced ?? '', fixed === null ? (lastAffected === null ? '' : `≤${lastAffected}`) : `<${fixed}`].join(' '),
      );

function holds({ introduced, fixed, lastAffected }: Interval, scheme: string, version: string): boolean {
  const order = (other: string): number => {
    const result = orderVersions(scheme, version, other);
    return 'order' in result ? result.order : Number.NaN;
  };
  return (
    (introduced === null || order(introduced) >= 0) &&
    (fixed === null || order(fixed) < 0) &&
    (lastAffected === null || order(lastAffected) <= 0)
  );
}

describe('a requirement as a set of versions', () => {
  it.each([
    ['gem', '>= 4.3.2', ['4.3.2 ']],
    ['gem', '~> 4.3.2', ['4.3.2 ≤4.3.999999999']],
    ['gem', '~> 4.3.2, >= 4.3.2.1', ['4.3.2.1 ≤4.3.999999999']],
    ['gem', '= 1.2', ['1.2 ≤1.2']],
    ['gem', '> 1.2', ['1.2.0.0.0.1 ']],
    ['cargo', '>= 1.2.3, < 2.0', ['1.2.3 <2.0.0']],
    ['cargo', '^0.3.1', ['0.3.1 ≤0.3.999999999']],
    ['cargo', '1.2.3', ['1.2.3 ≤1.999999999.999999999']],
    ['cargo', '> 1.2', ['1.3.0-0 ']],
    ['cargo', '=0.0.3', ['0.0.3 ≤0.0.3']],
    ['npm', '>2.1.1 <5.0.1', ['2.1.2-0 <5.0.1']],
    ['npm', '<=1.0 || ^3.1.0', [' ≤1.0.999999999', '3.1.0 ≤3.999999999.999999999']],
    ['npm', '*', [' ']],
    ['npm', '<0.0.0', [' <0.0.0']],
  ] as const)('%s: %s', (scheme, text, expected) => {
    const read = { gem: gemRequirement, cargo: cargoRequirement, npm: npmRange }[scheme];
    expect(shown(read(text))).toEqual(expected);
  });

  it('is refused when it is not understood', () => {
    for (const text of ['', 'soon', '>= ', '!= 1', '>= 1 2', '>= 1,,', '>='.repeat(100)]) {
      expect(gemRequirement(text), text).toBeNull();
      expect(cargoRequirement(text), text).toBeNull();
    }
    for (const text of ['soon', '>= one', '>'.repeat(3_000)]) expect(npmRange(text), text).toBeNull();
  });

  it('has what is affected as everything that is neither patched nor unaffected', () => {
    const patched = ['~> 4.3.2', '>= 5.0.1'].map((text) => gemRequirement(text)).filter((set) => set !== null);
    const affected = complement(union('gem', patched));
    expect(shown(affected)).toEqual([' <4.3.2', '4.4.a <5.0.1']);
    expect(fixOf(affected)).toEqual({ state: 'fixed', version: '5.0.1' });
  });
});

describe('npm ranges', () => {
  const part = fc.constantFrom('0', '1', '2', '3', '10');
  const version = fc
    .tuple(part, part, part, fc.constantFrom('', '', '-0', '-rc', '-rc.1', '-beta'))
    .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre}`);
  const comparator = fc
    .tuple(
      fc.constantFrom('', '<', '<=', '>', '>=', '^', '~'),
      fc.oneof(
        version,
        part,
        fc.tuple(part, part).map((two) => two.join('.')),
      ),
    )
    .map((parts) => parts.join(''));
  const range = fc
    .array(fc.array(comparator, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((alternatives) => alternatives.map((each) => each.join(' ')).join(' || '));

  it('hold the versions that node-semver finds in them, and their complement the others', () => {
    fc.assert(
      fc.property(range, version, (text, candidate) => {
        const set = npmRange(text);
        if (set === null) throw new Error(`not understood: ${text}`);
        const expected = semver.satisfies(candidate, text, { includePrerelease: true, loose: true });
        expect(intervalsOf(set).some((interval) => holds(interval, 'npm', candidate))).toBe(expected);
        expect(intervalsOf(complement(set)).some((interval) => holds(interval, 'npm', candidate))).toBe(!expected);
      }),
      { seed: 5, numRuns: 3_000 },
    );
  });
});

const ruby = spawnSync('ruby', ['-e', 'puts Gem::VERSION']).status === 0;
if (!ruby)
  process.stderr.write('\n!!! SKIPPED: requirements of RubyGems against ruby itself: it is not installed !!!\n\n');

describe.skipIf(!ruby)('requirements of RubyGems', () => {
  it('hold the versions that ruby finds in them', () => {
    const number = fc.constantFrom('0', '1', '2', '10');
    const version = fc
      .tuple(fc.array(number, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '.rc1', '.beta.2', '-pre', '.a'))
      .map(([numbers, word]) => `${numbers.join('.')}${word}`);
    const requirement = fc
      .array(fc.tuple(fc.constantFrom('=', '>=', '<=', '>', '<', '~>'), version), { minLength: 1, maxLength: 2 })
      .map((parts) => parts.map((each) => each.join(' ')).join(', '));
    const pairs = fc.sample(fc.tuple(requirement, version), { seed: 7, numRuns: 2_000 });
    const script =
      'STDIN.each_line { |l| r, v = l.chomp.split("\\t"); puts Gem::Requirement.new(r.split(",")).satisfied_by?(Gem::Version.new(v)) }';
    const answer = spawnSync('ruby', ['-e', script], {
      input: pairs.map((pair) => `${pair.join('\t')}\n`).join(''),
      encoding: 'utf8',
    });
    expect(answer.status, answer.stderr).toBe(0);
    const verdicts = answer.stdout.trim().split('\n');
    expect(verdicts).toHaveLength(pairs.length);
    const wrong = pairs.filter(([text, candidate], index) => {
      const set = gemRequirement(text);
      return (
        String(set !== null && intervalsOf(set).some((interval) => holds(interval, 'gem', candidate))) !==
        verdicts[index]
      );
    });
    expect(wrong).toEqual([]);
  });
});

it('every border is a version of the scheme', () => {
  const texts = ['> 1.2.3-rc.1', '<= 2.0', '~1', '^0.0.3', '> 3', '=1.2'];
  for (const text of texts) {
    const set = cargoRequirement(text);
    for (const { introduced, fixed, lastAffected } of set === null ? [] : intervalsOf(complement(set)))
      for (const border of [introduced, fixed, lastAffected])
        expect(border === null || isVersion('cargo', border), `${text} ${border}`).toBe(true);
  }
});
