import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, formatVers, intervalsToVers, parseVers, versContains, versToIntervals } from '../index.ts';
import type { VersionInterval } from '../index.ts';

const interval = (introduced: string | null, fixed: string | null, lastAffected: string | null = null) => ({
  introduced,
  fixed,
  lastAffected,
});

describe('intervals as a VERS range', () => {
  it.each<[string, readonly VersionInterval[], string]>([
    ['from a version to its fix', [interval('1', '2')], 'vers:pypi/>=1|<2'],
    ['from the beginning', [interval(null, '2')], 'vers:pypi/<2'],
    ["from OSV's 0, the beginning", [interval('0', '2')], 'vers:pypi/<2'],
    ['without a fix', [interval('1', null)], 'vers:pypi/>=1'],
    ['to the last affected', [interval('1', null, '2')], 'vers:pypi/>=1|<=2'],
    ['a single version', [interval('1', null, '1')], 'vers:pypi/1'],
    ['all versions', [interval(null, null)], 'vers:pypi/*'],
    ['in any order', [interval('3', '4'), interval('1', '2')], 'vers:pypi/>=1|<2|>=3|<4'],
    ['overlaps are joined', [interval('1', '3'), interval('2', '4')], 'vers:pypi/>=1|<4'],
    ['neighbours too', [interval('1', '2'), interval('2', '3')], 'vers:pypi/>=1|<3'],
    ['none', [], 'vers:none/*'],
  ])('%s', (_, intervals, expected) => {
    expect(formatVers(intervalsToVers('pep440', intervals))).toBe(expected);
  });

  it.each<[string, VersionInterval, string]>([
    ['it ends before it begins', interval('2', '1'), 'not-a-range'],
    ['it ends where it begins', interval('2', '2.0'), 'not-a-range'],
    ['it ends twice', interval('1', '2', '3'), 'not-a-range'],
    ['it begins with garbage', interval('x', null), 'not-a-version'],
    ['it ends with garbage', interval(null, 'x'), 'not-a-version'],
  ])('refused when %s', (_, of, code) => {
    expect(() => intervalsToVers('pep440', [of])).toThrow(expect.objectContaining({ code }));
  });

  it('go back, unless the range begins behind a version', () => {
    const range = parseVers('vers:pypi/<1|>=2|<=3|5');
    expect(versToIntervals(range)).toEqual([interval(null, '1'), interval('2', null, '3'), interval('5', null, '5')]);
    for (const text of ['vers:pypi/>1', 'vers:pypi/!=1'])
      expect(() => versToIntervals(parseVers(text))).toThrow(expect.objectContaining({ code: 'not-a-range' }));
  });

  const version = fc.integer({ min: 1, max: 9 }).map((minor) => `1.${minor}`);
  const anInterval = fc
    .tuple(fc.option(version), fc.option(version), fc.boolean())
    .map(([introduced, end, isFix]) => interval(introduced, isFix ? end : null, isFix ? null : end))
    .filter(({ introduced, fixed, lastAffected }) => {
      if (introduced === null) return true;
      if (fixed !== null) return compareVersions('pep440', introduced, fixed) < 0;
      return lastAffected === null || compareVersions('pep440', introduced, lastAffected) <= 0;
    });

  it('contain the same versions, there and back', () => {
    const holds = ({ introduced, fixed, lastAffected }: VersionInterval, probe: string) =>
      (introduced === null || compareVersions('pep440', probe, introduced) >= 0) &&
      (fixed === null || compareVersions('pep440', probe, fixed) < 0) &&
      (lastAffected === null || compareVersions('pep440', probe, lastAffected) <= 0);
    const probes = Array.from({ length: 11 }, (_, minor) => [`1.${minor}`, `1.${minor}.5`]).flat();
    let ranges = 0;
    fc.assert(
      fc.property(fc.array(anInterval, { maxLength: 5 }), (intervals) => {
        const range = intervalsToVers('pep440', intervals);
        expect(parseVers(formatVers(range))).toEqual(range);
        for (const probe of probes)
          expect({ probe, in: versContains(range, probe) }).toEqual({
            probe,
            in: intervals.some((one) => holds(one, probe)),
          });
        if (range.constraints.some(({ comparator }) => comparator === '>' || comparator === '!=')) return;
        ranges += 1;
        expect(intervalsToVers('pep440', versToIntervals(range))).toEqual(range);
      }),
      { seed: 5, numRuns: 1_000 },
    );
    expect(ranges).toBeGreaterThan(500);
  });
});
