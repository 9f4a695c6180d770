import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { formatVers, rangeFromNative, SCHEMES, versContains } from '../index.ts';

describe('a range in its own notation', () => {
  it.each([
    ['npm', '>=1.2 <2 || ^3', 'vers:npm/>=1.2.0-0|<2.0.0-0|>=3.0.0-0|<4.0.0-0'],
    ['npm', '>= 1.0.0, < 1.3.1', 'vers:npm/>=1.0.0|<1.3.1'],
    ['npm', '~1.2.3', 'vers:npm/>=1.2.3|<1.3.0-0'],
    ['npm', '< 4.0.0-beta.2', 'vers:npm/<4.0.0-beta.2'],
    ['npm', '1.x || >=2.5.0 || 5.0.0 - 7.2.3', 'vers:npm/>=1.0.0-0|<2.0.0-0|>=2.5.0'],
    ['npm', '= 1.2.3', 'vers:npm/1.2.3'],
    ['npm', '*', 'vers:npm/*'],
    ['gem', '~> 1.2, >= 1.2.3', 'vers:gem/>=1.2.3|<2.A'],
    ['gem', '~> 1.2.3', 'vers:gem/>=1.2.3|<1.3.A'],
    ['gem', '~> 5', 'vers:gem/>=5|<6.A'],
    ['gem', '~> 3.0.0.rc1 || >= 4', 'vers:gem/>=3.0.0.rc1|<3.1.A|>=4'],
    ['gem', '!= 1.2', 'vers:gem/!=1.2'],
    ['composer', '>=1,<2|>=3', 'vers:composer/>=1-dev|<2-dev|>=3-dev'],
    ['composer', '>=2.0.0,<2.0.0-beta3 || 5.1', 'vers:composer/>=2.0.0-dev|<2.0.0-beta3|5.1'],
    ['composer', '>1.0 <=1.5', 'vers:composer/>1.0|<=1.5'],
    ['nuget', '[1,2)', 'vers:nuget/>=1|<2'],
    ['nuget', '1.0', 'vers:nuget/>=1.0'],
    ['nuget', '= 1.0', 'vers:nuget/1.0'],
    ['maven', '(,1.0],[1.2,)', 'vers:maven/<=1.0|>=1.2'],
    ['maven', '[1.5]', 'vers:maven/1.5'],
    ['maven', '(1.0, 2.0)', 'vers:maven/>1.0|<2.0'],
    ['maven', '(,)', 'vers:maven/*'],
    ['maven', '>= 1.0, < 2.0', 'vers:maven/>=1.0|<2.0'],
    ['pep440', '>=1!1.0,<1!3', 'vers:pypi/>=1%211.0|<1%213'],
    ['pep440', '==1.2 || ==1.3', 'vers:pypi/1.2|1.3'],
    ['pep440', '>=1.0!=1.5<2', 'vers:pypi/>=1.0|!=1.5|<2'],
    ['golang', '>= 1.0.0, < v1.2.3', 'vers:golang/>=1.0.0|<v1.2.3'],
    ['deb', '>= 1:1.0~rc1, < 1:2', 'vers:deb/>=1:1.0~rc1|<1:2'],
  ])('%s %s is %s', (scheme, text, expected) => {
    expect(formatVers(rangeFromNative(scheme, text))).toBe(expected);
  });

  it.each([
    ['npm', '', 'there is nothing in it'],
    ['npm', 'latest', 'Invalid comparator'],
    ['npm', '>2 <1', 'no version can be in it'],
    ['gem', '', 'nothing at all'],
    ['gem', '>= 1 ||', 'nothing between two bars'],
    ['gem', '^1.2', "'^' is no comparator of gem"],
    ['composer', '^1.2', "'^' is no comparator of composer"],
    ['composer', '>=1@dev', "'>=' is no comparator of composer"],
    ['maven', '1.0', 'a bare version is a wish'],
    ['maven', '[2,1]', 'ends before it begins'],
    ['maven', '(1.0)', 'between square brackets'],
    ['maven', '[1,2', 'not those of intervals'],
    ['maven', '[1,2),', 'not those of intervals'],
    ['maven', '[1,2)x', 'not those of intervals'],
    ['pep440', '~=1.2', "'~=' is no comparator of pep440"],
    ['pep440', '<1 >2', 'no version can be in it'],
  ])('%s %j is refused: %s', (scheme, text, reason) => {
    expect(() => rangeFromNative(scheme, text)).toThrow(
      expect.objectContaining({ code: 'not-a-range', message: expect.stringContaining(reason) }),
    );
  });

  it('refuses versions that are none, schemes that it does not know, and texts without end', () => {
    expect(() => rangeFromNative('pep440', '>= latest')).toThrow(expect.objectContaining({ code: 'not-a-version' }));
    expect(() => rangeFromNative('maven', '[a b,2)')).toThrow(expect.objectContaining({ code: 'not-a-range' }));
    expect(() => rangeFromNative('constructor', '1')).toThrow(expect.objectContaining({ code: 'unknown-scheme' }));
    expect(() => rangeFromNative('gem', '>=1,'.repeat(1_000_000))).toThrow(
      expect.objectContaining({ code: 'not-a-range' }),
    );
  });

  it('contains what node-semver says, pre-releases included', () => {
    const part = fc.integer({ min: 0, max: 3 });
    const version = fc
      .tuple(part, part, part, fc.constantFrom('', '', '-0', '-rc.1', '-alpha'))
      .map(([major, minor, patch, suffix]) => `${major}.${minor}.${patch}${suffix}`);
    const partial = fc.oneof(
      version,
      fc.tuple(part, part).map((parts) => parts.join('.')),
      part.map(String),
      fc.constant('1.x'),
    );
    const comparator = fc
      .tuple(fc.constantFrom('', '=', '<', '<=', '>', '>=', '^', '~'), partial)
      .map((parts) => parts.join(''));
    const range = fc
      .array(
        fc.array(comparator, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(' ')),
        { minLength: 1, maxLength: 3 },
      )
      .map((parts) => parts.join(' || '));
    let asked = 0;
    fc.assert(
      fc.property(range, fc.array(version, { minLength: 5, maxLength: 5 }), (text, versions) => {
        const ours = (of: string) => {
          try {
            return versContains(rangeFromNative('npm', text), of);
          } catch (error) {
            expect(error).toMatchObject({
              code: 'not-a-range',
              message: expect.stringContaining('no version can be in it'),
            });
            return false;
          }
        };
        for (const of of versions) {
          asked += 1;
          expect({ of, in: ours(of) }).toEqual({ of, in: semver.satisfies(of, text, { includePrerelease: true }) });
        }
      }),
      { seed: 6, numRuns: 2_000 },
    );
    expect(asked).toBe(10_000);
  });

  it('is a range or a VersionError, whatever the text', () => {
    const schemes = fc.constantFrom(...SCHEMES.map(({ id }) => id));
    const near = fc.string({ unit: fc.constantFrom(...'0123.<>=!~^*|,[]() aA-+x\t\0é'), maxLength: 30 });
    fc.assert(
      fc.property(schemes, fc.oneof(near, fc.string()), (scheme, text) => {
        try {
          expect(rangeFromNative(scheme, text).constraints.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ name: 'VersionError' });
        }
      }),
      { seed: 7, numRuns: 10_000 },
    );
  });
});
