import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, formatVers, parseVers, SCHEMES, versComplement, versContains } from '../index.ts';

describe('a VERS range', () => {
  it.each([
    ['the example of the specification', 'vers:npm/1.2.3|>=2.0.0|<5.0.0', 'vers:npm/1.2.3|>=2.0.0|<5.0.0'],
    ['spaces have no meaning', ' vers: gem/ >=2.2.0 |!= 2.2.1| <2.3.0 ', 'vers:gem/>=2.2.0|!=2.2.1|<2.3.0'],
    ['constraints are sorted by version', 'vers:pypi/<10|>=9', 'vers:pypi/>=9|<10'],
    ['pipes too many are read over', 'vers:pypi/|1||2|', 'vers:pypi/1|2'],
    ['= need not be written', 'vers:pypi/=1', 'vers:pypi/1'],
    ['signs of VERS itself are quoted', 'vers:pypi/1%212.0', 'vers:pypi/1%212.0'],
    ['others need not be', 'vers:deb/>=1%3A2%2Bb1', 'vers:deb/>=1:2+b1'],
    ['everything', 'vers:deb/*', 'vers:deb/*'],
    ['everything, whatever the scheme', 'vers:all/*', 'vers:all/*'],
    ['nothing', 'vers:none/*', 'vers:none/*'],
    ['alpine is apk', 'vers:alpine/<1.2.3-r1', 'vers:alpine/<1.2.3-r1'],
  ])('%s: %s is %s', (_, text, canonical) => {
    expect(formatVers(parseVers(text))).toBe(canonical);
  });

  it.each([
    ['', "it has not the form 'vers:type/constraints'"],
    ['npm/1.0.0', "it has not the form 'vers:type/constraints'"],
    ['VERS:npm/1.0.0', "it has not the form 'vers:type/constraints'"],
    ['vers:NPM/1.0.0', "it has not the form 'vers:type/constraints'"],
    ['vers:npm/', "it has not the form 'vers:type/constraints'"],
    ['vers:npm/||', 'it has no constraint'],
    ['vers:none/1', "'none' takes '*' only"],
    ['vers:deb/*|1', '"*" is not a constraint'],
    ['vers:deb/>', '">" is not a constraint'],
    ['vers:deb/=>1', '"=>1" is not a constraint'],
    ['vers:pypi/1%ZZ', '"1%ZZ" is not quoted as in a URL'],
    ['vers:pypi/1|1.0', 'the version 1.0 occurs twice'],
    ['vers:pypi/<1|!=1.0', 'the version 1.0 occurs twice'],
    ['vers:pypi/>1|>2', "'>1' and '>2' follow each other"],
    ['vers:pypi/<=1|<2', "'<=1' and '<2' follow each other"],
    ['vers:pypi/>1|2|<3', "'>1' contains '=2'"],
    ['vers:pypi/1|<2', "'<2' contains '=1'"],
    ['vers:pypi/1|!=1.5|<2', "'<2' contains '=1'"],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => parseVers(text)).toThrow(
      expect.objectContaining({ code: 'not-a-range', message: expect.stringContaining(reason) }),
    );
  });

  it('refuses versions that are none, and types that it does not know', () => {
    expect(() => parseVers('vers:npm/>=1')).toThrow(expect.objectContaining({ code: 'not-a-version', version: '1' }));
    for (const type of ['constructor', 'proto', 'pep440'])
      expect(() => parseVers(`vers:${type}/1`)).toThrow(expect.objectContaining({ code: 'unknown-scheme' }));
  });

  it('is bounded', () => {
    expect(() => parseVers(`vers:pypi/${'1|'.repeat(1_000_000)}`)).toThrow(
      expect.objectContaining({ code: 'not-a-range' }),
    );
  });

  it.each([
    ['vers:pypi/>=1|<2', ['1', '1.5', '1.0.post1'], ['0.9', '2', '2.0.0', '1.0rc1']],
    ['vers:pypi/>1|<=2', ['1.1', '2.0'], ['1.0', '2.0.post1']],
    ['vers:pypi/<2', ['0', '1.9', '2rc1'], ['2', '3']],
    ['vers:pypi/>=2', ['2', '99'], ['2rc1', '1']],
    ['vers:pypi/!=2', ['1', '3'], ['2.0']],
    ['vers:pypi/1|3', ['1.0', '3'], ['2', '0', '4']],
    ['vers:pypi/1|!=3', ['1'], ['2', '3']],
    ['vers:pypi/>=1|!=1.5|<2|3|>4', ['1', '1.4', '3', '4.1'], ['1.5', '2', '2.5', '4']],
    ['vers:pypi/*', ['1'], []],
    ['vers:all/*', ['1', 'anything'], []],
    ['vers:none/*', [], ['1', 'anything']],
  ])('%s contains %j and not %j', (text, inside, outside) => {
    const range = parseVers(text);
    for (const version of inside) expect({ version, in: versContains(range, version) }).toEqual({ version, in: true });
    for (const version of outside)
      expect({ version, in: versContains(range, version) }).toEqual({ version, in: false });
    const others = versComplement(range);
    for (const version of inside) expect(versContains(others, version)).toBe(false);
    for (const version of outside) expect(versContains(others, version)).toBe(true);
  });

  it('says nothing about garbage', () => {
    for (const text of ['vers:pypi/>=1|<2', 'vers:pypi/*'])
      expect(() => versContains(parseVers(text), 'latest')).toThrow(expect.objectContaining({ code: 'not-a-version' }));
  });
});

const number = fc.integer({ min: 0, max: 12 }).map(String);
const constraint = fc
  .tuple(fc.constantFrom('', '=', '!=', '<', '<=', '>', '>='), number)
  .map((parts) => parts.join(''));
const text = fc.array(constraint, { minLength: 1, maxLength: 6 }).map((parts) => `vers:pypi/${parts.join('|')}`);

function parsed(of: string) {
  try {
    return parseVers(of);
  } catch {
    return null;
  }
}

describe('any VERS range', () => {
  it('is the same after printing and reading', () => {
    let valid = 0;
    fc.assert(
      fc.property(text, (of) => {
        const range = parsed(of);
        if (range === null) return;
        valid += 1;
        const printed = formatVers(range);
        expect(parseVers(printed)).toEqual(range);
        expect(formatVers(parseVers(printed))).toBe(printed);
      }),
      { seed: 1, numRuns: 3_000 },
    );
    expect(valid).toBeGreaterThan(500);
  });

  it('is disjoint with its complement, and the complement of that', () => {
    fc.assert(
      fc.property(text, number, (of, version) => {
        const range = parsed(of);
        if (range === null) return;
        const inside = versContains(range, version);
        expect(versContains(versComplement(range), version)).toBe(!inside);
        expect(versContains(versComplement(versComplement(range)), version)).toBe(inside);
      }),
      { seed: 2, numRuns: 3_000 },
    );
  });

  it('contains what its constraints, read one by one, leave over', () => {
    fc.assert(
      fc.property(text, number, (of, version) => {
        const range = parsed(of);
        if (range === null) return;
        const on = (sign: string) =>
          range.constraints
            .filter(({ comparator }) => comparator === sign)
            .map((one) => compareVersions('pep440', version, one.version));
        if (on('!=').includes(0)) expect(versContains(range, version)).toBe(false);
        if (on('=').includes(0)) expect(versContains(range, version)).toBe(true);
        const sides = range.constraints.filter(({ comparator }) => comparator !== '=' && comparator !== '!=');
        const [only] = sides;
        if (only !== undefined && sides.length === 1 && range.constraints.length === 1) {
          const order = compareVersions('pep440', version, only.version);
          const expected = { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 };
          expect(versContains(range, version)).toBe(expected[only.comparator as keyof typeof expected]);
        }
      }),
      { seed: 3, numRuns: 3_000 },
    );
  });

  it('is read or refused with a VersionError, whatever the text', () => {
    const types = fc.constantFrom(...SCHEMES.map(({ id }) => id), 'pypi', 'all', 'none', '');
    const body = fc.string({ unit: fc.constantFrom(...'0123.<>=!*|%aA~-+: \t\0é'), maxLength: 30 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(types, body).map(([type, rest]) => `vers:${type}/${rest}`),
          fc.string(),
        ),
        (of) => {
          try {
            expect(formatVers(parseVers(of))).toMatch(/^vers:[a-z0-9.+-]+\/[!-~]+$/);
          } catch (error) {
            expect(error).toMatchObject({ name: 'VersionError' });
          }
        },
      ),
      { seed: 4, numRuns: 5_000 },
    );
  });
});
